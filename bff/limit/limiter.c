/* See limiter.h. */
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/limit/limit_memory.h"
#include "bff/limit/limiter.h"

struct limiter {
    struct limiter_settings settings;
    struct limit_table *table; /* held */
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

enum limiter_answer limiter_ask(struct limiter *limiter, struct limiter_question *question)
{
    must(question->count >= 1 && question->count <= LIMITER_HITS_MAX);
    decide(limiter, question);
    return LIMITER_DECIDED;
}

void limiter_cancel(struct limiter_question *question) { question->limiter = NULL; }

struct limiter *limiter_new(const struct limiter_settings *settings)
{
    struct limiter *limiter = memory_new(sizeof(*limiter));
    const struct limit_rules *rules = settings->rules;

    limiter->settings = *settings;
    limiter->table = limit_table_hold(settings->registry, settings->keys);
    limiter->seeds = memory_new((rules->count + 1) * sizeof(*limiter->seeds));
    for (size_t i = 0; i < rules->count; i++)
        limiter->seeds[i] = limit_memory_seed(&rules->rows[i]);
    return limiter;
}

void limiter_free(struct limiter *limiter)
{
    if (limiter == NULL)
        return;
    registry_release(limiter->table);
    memory_free(limiter->seeds);
    memory_free(limiter);
}
