/* See limiter.h. */
#include <h2o.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/tally.h"
#include "bff/limit/limit_memory.h"
#include "bff/limit/limit_redis.h"
#include "bff/limit/limiter.h"

struct limiter {
    struct limiter_settings settings;
    struct limit_table *table; /* held */
    struct limit_redis *redis; /* NULL: the counts are in memory only */
    uint64_t *seeds;           /* of the rules, in their order */
};

static bool ends_count(const struct limit_hit *hit, const struct limit_verdict *verdict)
{
    return verdict->is_refused && !hit->rule->is_dry_run;
}

static uint64_t seed_of(const struct limiter *limiter, const struct limit_rule *rule)
{
    return limiter->seeds[rule - limiter->settings.rules->rows];
}

/* Decides with the counts in memory. */
static void decide(struct limiter *limiter, struct limiter_question *question)
{
    struct limit_now now = {.ns = clock_now_ns(), .wall_ms = clock_wall_ms()};

    for (size_t i = 0; i < question->count; i++) {
        const struct limit_hit *hit = &question->hits[i];
        limit_memory_count(limiter->table, seed_of(limiter, hit->rule), hit, &now,
                           &question->verdicts[i]);
        question->counted = i + 1;
        if (ends_count(hit, &question->verdicts[i]))
            return;
    }
}

/* A question to Redis. It is in the request's pool. */
struct asked {
    struct limit_redis_count count;
    struct limiter_question *question;
};

static void on_counted(struct limit_redis_count *count, bool is_counted)
{
    struct asked *asked = H2O_STRUCT_FROM_MEMBER(struct asked, count, count);
    struct limiter_question *question = asked->question;
    struct limiter *limiter = question->limiter;

    question->limiter = NULL;
    if (!is_counted) {
        tally_add(TALLY_LIMITS_IN_MEMORY);
        decide(limiter, question);
    }
    question->done(question);
}

/* Returns false when Redis is down. */
static bool ask_redis(struct limiter *limiter, struct limiter_question *question)
{
    if (limiter->redis == NULL || !redis_is_up(limiter->settings.redis))
        return false;
    struct asked *asked = pool_zero(question->pool, sizeof(*asked));
    asked->question = question;
    asked->count = (struct limit_redis_count){
        .hits = question->hits,
        .count = question->count,
        .verdicts = question->verdicts,
        .counted = &question->counted,
        .done = on_counted,
    };
    if (!limit_redis_start(limiter->redis, &asked->count, question->pool))
        return false;
    question->limiter = limiter;
    question->store = asked;
    return true;
}

enum limiter_answer limiter_ask(struct limiter *limiter, struct limiter_question *question)
{
    must(question->count >= 1 && question->count <= LIMIT_HITS_MAX);
    if (ask_redis(limiter, question))
        return LIMITER_WAITS;
    if (limiter->redis != NULL)
        tally_add(TALLY_LIMITS_IN_MEMORY);
    decide(limiter, question);
    return LIMITER_DECIDED;
}

void limiter_cancel(struct limiter_question *question)
{
    if (question->limiter == NULL)
        return;
    question->limiter = NULL;
    limit_redis_cancel(&((struct asked *)question->store)->count);
}

struct limiter *limiter_new(const struct limiter_settings *settings)
{
    struct limiter *limiter = memory_new(sizeof(*limiter));
    const struct limit_rules *rules = settings->rules;

    limiter->settings = *settings;
    limiter->table = limit_table_hold(settings->registry, settings->keys);
    if (settings->redis != NULL)
        limiter->redis = limit_redis_new(settings->redis);
    limiter->seeds = memory_new((rules->count + 1) * sizeof(*limiter->seeds));
    for (size_t i = 0; i < rules->count; i++)
        limiter->seeds[i] = limit_memory_seed(&rules->rows[i]);
    return limiter;
}

void limiter_free(struct limiter *limiter)
{
    if (limiter == NULL)
        return;
    limit_redis_free(limiter->redis);
    registry_release(limiter->table);
    memory_free(limiter->seeds);
    memory_free(limiter);
}
