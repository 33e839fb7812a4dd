/* Writes the keys and the arguments for the script of limit_redis_script.h. */
#ifndef BFF_LIMIT_LIMIT_REDIS_REQUEST_H
#define BFF_LIMIT_LIMIT_REDIS_REQUEST_H

#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/limit/limit_redis_script.h"
#include "bff/limit/limit_verdict.h"

/* ${keys} has a text for each hit, and ${arguments} has LIMIT_REDIS_ARGUMENTS for each. */
struct limit_redis_request {
    struct text *keys, *arguments;
};

/*
 * Returns the keys and the arguments of ${hits}, in ${pool}. A key is "rate_limit:", the name of
 * the rule, ":" and the key of the hit, so an express-rate-limit with rate-limit-redis can have the
 * same one.
 */
struct limit_redis_request limit_redis_request_make(struct pool *pool, const struct limit_hit *hits,
                                                    size_t count);

#endif
