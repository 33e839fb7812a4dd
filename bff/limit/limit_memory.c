/* See limit_memory.h. */
#include "bff/base/hash.h"
#include "bff/limit/limit_calendar.h"
#include "bff/limit/limit_fixed.h"
#include "bff/limit/limit_leaky.h"
#include "bff/limit/limit_memory.h"
#include "bff/limit/limit_sliding.h"
#include "bff/limit/limit_tokens.h"

typedef uint64_t (*algorithm)(const struct limit_rule *rule, uint64_t state,
                              const struct limit_now *now, uint32_t cost,
                              struct limit_verdict *out);

static const algorithm algorithms[] = {
    [LIMIT_FIXED] = limit_fixed_count, [LIMIT_SLIDING] = limit_sliding_count,
    [LIMIT_LEAKY] = limit_leaky_count, [LIMIT_TOKENS] = limit_tokens_count,
    [LIMIT_CALENDAR] = NULL,
};

/* What a step of the table needs. */
struct counting {
    const struct limit_hit *hit;
    const struct limit_now *now;
    struct limit_verdict *verdict;
    size_t period; /* with LIMIT_CALENDAR */
};

static struct limit_table_use use_of(const struct limit_verdict *verdict)
{
    uint64_t limit = verdict->limit == 0 ? 1 : verdict->limit;

    return (struct limit_table_use){
        .share = (uint8_t)((limit - verdict->remaining) * UINT8_MAX / limit),
        .whole_ms = verdict->reset_ms,
    };
}

static uint64_t step(void *cookie, uint64_t state, struct limit_table_use *use)
{
    const struct counting *counting = cookie;
    const struct limit_rule *rule = counting->hit->rule;
    uint64_t next = algorithms[rule->algorithm](rule, state, counting->now, counting->hit->cost,
                                                counting->verdict);

    *use = use_of(counting->verdict);
    return next;
}

static uint64_t step_period(void *cookie, uint64_t state, struct limit_table_use *use)
{
    const struct counting *counting = cookie;
    uint64_t next = limit_calendar_count(counting->hit->rule, counting->period, state,
                                         counting->now, counting->hit->cost, counting->verdict);

    *use = use_of(counting->verdict);
    return next;
}

static uint64_t step_back(void *cookie, uint64_t state, struct limit_table_use *use)
{
    const struct counting *counting = cookie;

    *use = (struct limit_table_use){.share = 1, .whole_ms = UINT32_MAX / 2};
    return limit_calendar_take_back(counting->period, state, counting->now, counting->hit->cost);
}

/* The hash of a period is another one than that of the key, so that each period is a key of its
 * own. */
static uint64_t period_hash(uint64_t hash, size_t period) { return hash_mix(hash + period); }

static void take_back(struct limit_table *table, uint64_t hash, struct counting *counting)
{
    while (counting->period-- > 0)
        if (counting->hit->rule->periods[counting->period] > 0)
            limit_table_change(table, period_hash(hash, counting->period),
                               counting->now->ns / CLOCK_MS, step_back, counting);
}

/* A period that refuses ends the count, and the periods before it get their requests back. */
static void count_calendar(struct limit_table *table, uint64_t hash, struct counting counting)
{
    struct limit_verdict verdict, *out = counting.verdict;
    bool is_first = true;

    counting.verdict = &verdict;
    for (; counting.period < LIMIT_PERIODS; counting.period++) {
        if (counting.hit->rule->periods[counting.period] == 0)
            continue;
        limit_table_change(table, period_hash(hash, counting.period), counting.now->ns / CLOCK_MS,
                           step_period, &counting);
        *out = is_first ? verdict : *limit_calendar_tighter(out, &verdict);
        is_first = false;
        if (verdict.is_refused) {
            take_back(table, hash, &counting);
            return;
        }
    }
}

uint64_t limit_memory_seed(const struct limit_rule *rule)
{
    uint64_t seed = hash_mix(hash_text(rule->name) + rule->algorithm);

    return hash_mix(seed ^ (rule->algorithm == LIMIT_SLIDING ? rule->window_ms : 0));
}

void limit_memory_count(struct limit_table *table, uint64_t seed, const struct limit_hit *hit,
                        const struct limit_now *now, struct limit_verdict *out)
{
    uint64_t hash = limit_table_hash(table, seed, hit->key);
    struct counting counting = {.hit = hit, .now = now, .verdict = out};

    if (hit->rule->algorithm == LIMIT_CALENDAR)
        count_calendar(table, hash, counting);
    else
        limit_table_change(table, hash, now->ns / CLOCK_MS, step, &counting);
}
