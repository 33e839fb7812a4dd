/* API keys and usage plans: what an operator may configure. Plain data. */
#ifndef BFF_EDGE_API_KEYS_SETTINGS_H
#define BFF_EDGE_API_KEYS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

struct bff_service;

enum api_keys_source {
    API_KEYS_OFF,     /* there are no API keys */
    API_KEYS_FILE,    /* ${file} has them */
    API_KEYS_REDIS,   /* the hashes "api_key:<sha256>" in Redis */
    API_KEYS_SERVICE, /* ${service} is asked */
};

enum api_keys_period {
    API_KEYS_DAY,
    API_KEYS_WEEK,
    API_KEYS_MONTH,
};

/*
 * A usage plan. A plan has a rate, a quota or both.
 *
 *   name       letters, digits, '-' and '_'
 *   rate       requests in 1000 seconds, as in struct limit_rule; 0: no rate
 *   burst      requests over the rate that are allowed at once
 *   quota_max  requests in a period of the clock (UTC); 0: no quota
 *   quota_per  the period
 */
struct api_keys_plan {
    struct text name;
    uint32_t rate;
    uint32_t burst;
    uint32_t quota_max;
    enum api_keys_period quota_per;
};

/*
 *   header       the name of the header with the key, lower case
 *   source       where the keys are
 *   file         with API_KEYS_FILE: a YAML or JSON file
 *   service      with API_KEYS_SERVICE: it is asked for GET ${path}
 *   ttl_ms       how long an answer of Redis or of the service is used
 *   paths        only requests below these paths have keys, as in struct authorizer_settings; at
 *                least one
 *   is_required  a request below ${paths} without a key is refused
 *   plans        the usage plans; perhaps none. A key whose plan is not one of them is a mistake of
 *                the file, and is refused when it comes from Redis or the service
 */
struct api_keys_settings {
    struct text header;
    enum api_keys_source source;
    char *file;
    const struct bff_service *service;
    struct text path;
    uint32_t ttl_ms;
    const struct text *paths;
    size_t path_count;
    bool is_required;
    struct api_keys_plan *plans;
    size_t plan_count;
};

#endif
