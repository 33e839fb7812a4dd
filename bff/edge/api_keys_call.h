/*
 * A question about an API key, to Redis or to the service: what api_keys_redis.c and
 * api_keys_service.c share. A call belongs to no request. It frees itself when it ends, or ends
 * with its worker and configuration.
 */
#ifndef BFF_EDGE_API_KEYS_CALL_H
#define BFF_EDGE_API_KEYS_CALL_H

#include <h2o/linklist.h>

#include "bff/base/clock.h"
#include "bff/edge/api_key.h"
#include "bff/edge/api_keys_settings.h"
#include "bff/edge/verdict.h"

#define API_KEYS_CALL_UNKNOWN_NS (10 * CLOCK_S) /* the most for which a key stays unknown */
#define API_KEYS_CALL_HEX ((size_t)2 * API_KEY_DIGEST)

/* The call is the first member of the struct of its kind, which memory_new has allocated. */
struct api_keys_call {
    h2o_linklist_t link; /* in the list of its worker */
    const struct api_keys_settings *settings;
    struct verdict_lead *lead;
    struct pool *pool; /* the call's own */
    char hex[API_KEYS_CALL_HEX];
    void (*stop)(struct api_keys_call *call); /* ends what is under way */
};

/* Begins ${call}. */
void api_keys_call_begin(struct api_keys_call *call, h2o_linklist_t *calls,
                         const struct api_keys_settings *settings, const unsigned char *digest,
                         struct verdict_lead *lead);

/* Each of these functions ends the call, and frees it. */

/* ${row} is what was said. A row that is wrong counts as an unknown key, and is logged. */
void api_keys_call_tell(struct api_keys_call *call, const struct api_key_row *row);
void api_keys_call_unknown(struct api_keys_call *call);

/* There was no answer, or one that says nothing: ${why} is for the log; NULL: nothing is logged. */
void api_keys_call_fail(struct api_keys_call *call, const char *why);

/* The call is given up. */
void api_keys_call_drop(struct api_keys_call *call);

/* Returns the row that ${entry}, a verdict of these calls, was made from. */
struct api_key_row api_keys_call_row(const struct cache_entry *entry);

/* True when ${entry} says that there is such a key. */
bool api_keys_call_is_known(const struct cache_entry *entry);

#endif
