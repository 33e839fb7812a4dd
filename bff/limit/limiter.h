/*
 * Counts requests and says which are over a limit. A limiter belongs to one worker and one
 * configuration. The counts are in memory and shared by all workers (limit_table.h), or in Redis
 * (limit_redis.h). When Redis does not answer in time, the counts in memory are used, so that a
 * request is always decided.
 */
#ifndef BFF_LIMIT_LIMITER_H
#define BFF_LIMIT_LIMITER_H

#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/registry.h"
#include "bff/limit/limit_rule.h"
#include "bff/limit/limit_verdict.h"

struct limiter;
struct redis;

/*
 * A question: may this request go on? Its user provides the memory, which is all zero except for
 * the members of the first group, and which is valid until the decision or limiter_cancel.
 *
 * The hits are counted in their order. The first one that refuses the request ends the count, so
 * the hits after it are not counted (express-rate-limit behaves like this when several limiters
 * follow each other). A hit of a rule with is_dry_run never ends the count, even if its verdict is
 * is_refused.
 */
struct limiter_question {
    const struct limit_hit *hits;                    /* borrowed until the decision */
    size_t count;                                    /* of hits; 1 to LIMIT_HITS_MAX */
    struct pool *pool;                               /* the request's */
    void (*done)(struct limiter_question *question); /* called after LIMITER_WAITS */

    /* The decision. */
    struct limit_verdict verdicts[LIMIT_HITS_MAX]; /* of the hits that were counted */
    size_t counted; /* number of hits that were counted; the last one may have refused */

    /* limiter.c's own */
    struct limiter *limiter; /* NULL: not under way */
    void *store;             /* what the store needs for this question */
};

enum limiter_answer {
    LIMITER_DECIDED, /* the decision is in the question */
    LIMITER_WAITS,   /* it comes later: question->done is called */
};

/*
 * Counts the hits of ${question}. With LIMITER_DECIDED, done is not called. With LIMITER_WAITS,
 * done is called once, never from inside this function, and at the deadline of the store at the
 * latest; it may free the question. The function never fails: without Redis, the counts in memory
 * decide.
 */
enum limiter_answer limiter_ask(struct limiter *limiter, struct limiter_question *question);

/* done is not called any more. The hits may have been counted. Does nothing when the question is
 * not under way. */
void limiter_cancel(struct limiter_question *question);

/*
 *   rules     borrowed: they outlive the limiter, like all that they point to
 *   keys      the most keys that are counted in memory
 *   registry  has the counts of the process
 *   redis     the worker's connection to the Redis server that counts; borrowed, it outlives the
 *             limiter. NULL: the counts are in memory
 */
struct limiter_settings {
    const struct limit_rules *rules;
    size_t keys;
    struct registry *registry;
    struct redis *redis;
};

/* Makes a limiter for one worker and one configuration. All functions are called in the worker's
 * thread. */
struct limiter *limiter_new(const struct limiter_settings *settings);

/* Frees it. No question is under way. Does nothing for NULL. */
void limiter_free(struct limiter *limiter);

#endif
