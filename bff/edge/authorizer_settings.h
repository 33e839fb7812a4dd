/* An authorizer, a service that decides whether a request may pass: what an operator may configure.
 * Plain data. */
#ifndef BFF_EDGE_AUTHORIZER_SETTINGS_H
#define BFF_EDGE_AUTHORIZER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

struct bff_service;

#define AUTHORIZER_PARTS_MAX 16

enum authorizer_part_kind {
    AUTHORIZER_HEADER,
    AUTHORIZER_COOKIE,
    AUTHORIZER_QUERY, /* a parameter of the query */
    AUTHORIZER_PATH,
    AUTHORIZER_METHOD,
    AUTHORIZER_IP, /* the client's address */
};

/* A part of a request that belongs to its identity. */
struct authorizer_part {
    enum authorizer_part_kind kind;
    struct text name; /* of the header (lower case), the cookie or the parameter; else absent */
};

/*
 *   service       is asked; NULL: there is no authorizer
 *   path          of the question, such as "/authorize"
 *   is_get        the method is GET; otherwise it is POST
 *   ttl_ms        how long an allow is used
 *   deny_ttl_ms   how long a deny is used; 0: for one request
 *   timeout_ms    of one question
 *   stale_ms      how long after ${ttl_ms} an allow is used while the service fails; 0: it is not
 *   parts         what is asked about and what distinguishes verdicts; at least one
 *   paths         only requests below these paths are asked about: "/api/" (a prefix) or "/api/x"
 *                 (exactly this path). Each is in its lenient reading (bff/base/path_reading.h). At
 *                 least one
 *   max           the most verdicts that are kept
 *   checks_tokens where the authorizer is asked, Authorization is for the authorizer alone, and
 *                 login does not read it
 *   headers       the names of headers that the verdict's context may set, lower case; perhaps none
 */
struct authorizer_settings {
    const struct bff_service *service;
    struct text path;
    bool is_get;
    uint32_t ttl_ms;
    uint32_t deny_ttl_ms;
    uint32_t timeout_ms;
    uint32_t stale_ms;
    struct authorizer_part parts[AUTHORIZER_PARTS_MAX];
    size_t part_count;
    const struct text *paths;
    size_t path_count;
    size_t max;
    bool checks_tokens;
    const struct text *headers;
    size_t header_count;
};

#endif
