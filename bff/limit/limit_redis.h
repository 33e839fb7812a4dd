/*
 * Counts the hits of a request in Redis: one call of the script of limit_redis_script.h. All
 * instances with the same Redis server share the counts.
 */
#ifndef BFF_LIMIT_LIMIT_REDIS_H
#define BFF_LIMIT_LIMIT_REDIS_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/limit/limit_redis_script.h"
#include "bff/limit/limit_verdict.h"
#include "bff/store/redis_script.h"

struct limit_redis;

/* A count. Its user provides the memory, which is all zero except for the members of the first
 * group, and which is valid until ${done} is called or limit_redis_cancel. */
struct limit_redis_count {
    const struct limit_hit *hits; /* borrowed until the end */
    size_t count;                 /* of hits; 1 to LIMIT_HITS_MAX */
    struct limit_verdict *verdicts;
    size_t *counted; /* number of verdicts */

    /* Called once. ${is_counted}: the verdicts are written. Otherwise Redis has not answered in
     * time, or has answered with an error, and the hits must be counted elsewhere. */
    void (*done)(struct limit_redis_count *count, bool is_counted);

    /* limit_redis.c's own */
    struct redis_script_call call;
    struct redis_script_texts texts;
};

/* Counts on the worker's connection ${redis}, which must outlive the result. */
struct limit_redis *limit_redis_new(struct redis *redis);

/* No count is under way. Does nothing for NULL. */
void limit_redis_free(struct limit_redis *limits);

/*
 * Begins ${count}. What it needs is in ${pool}. count->done is called once, never from inside this
 * function, and at the timeout of Redis at the latest. Returns false when the connection is down:
 * then nothing is sent, and done is not called.
 */
bool limit_redis_start(struct limit_redis *limits, struct limit_redis_count *count,
                       struct pool *pool);

/* ${count} gets no callback any more. The hits may have been counted. Does nothing when it is not
 * under way. */
void limit_redis_cancel(struct limit_redis_count *count);

#endif
