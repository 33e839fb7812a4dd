/* Writes the keys and the arguments for the script of limit_redis_script.h. */
#ifndef BFF_LIMIT_LIMIT_REDIS_REQUEST_H
#define BFF_LIMIT_LIMIT_REDIS_REQUEST_H

#include "bff/base/text_builder.h"
#include "bff/limit/limit_redis_script.h"
#include "bff/limit/limiter.h"

/* It is used for one request after the other, so that its memory is allocated once. All zero: a
 * request without hits. */
struct limit_redis_request {
    struct text keys[LIMITER_HITS_MAX];
    struct text arguments[LIMITER_HITS_MAX * LIMIT_REDIS_ARGUMENTS];
    struct text_builder bytes;
};

/*
 * Writes the keys and the arguments of ${hits}. The texts are valid until the next call. A key is
 * "rate_limit:", the name of the rule, ":" and the key of the hit, so an express-rate-limit with
 * rate-limit-redis can have the same one.
 */
void limit_redis_request_write(struct limit_redis_request *request, const struct limit_hit *hits,
                               size_t count);

void limit_redis_request_free(struct limit_redis_request *request);

#endif
