/* See limit_sliding.h. The state is the number of the current window and both counts. */
#include "bff/limit/limit_sliding.h"

#define COUNT_BITS 20
#define WINDOW_BITS 23
#define COUNT_MOST ((UINT64_C(1) << COUNT_BITS) - 1)
#define WINDOW_MOST ((UINT64_C(1) << WINDOW_BITS) - 1)

/* Times in milliseconds. A "weight" is a number of requests, multiplied by the window's length. */
struct windows {
    uint64_t number, length, past; /* ${past}: since the current window began */
    uint64_t before, current;      /* counts */
};

static struct windows windows_of(const struct limit_rule *rule, uint64_t state, int64_t now_ms)
{
    uint64_t length = rule->window_ms, number = (uint64_t)now_ms / length;
    struct windows all = {.number = number, .length = length, .past = (uint64_t)now_ms % length};
    uint64_t age = (number - (state >> 2 * COUNT_BITS)) & WINDOW_MOST;

    if (age == 0) {
        all.before = state >> COUNT_BITS & COUNT_MOST;
        all.current = state & COUNT_MOST;
    } else if (age == 1)
        all.before = state & COUNT_MOST;
    return all;
}

static uint64_t state_of(const struct windows *all)
{
    return (all->number & WINDOW_MOST) << 2 * COUNT_BITS | all->before << COUNT_BITS | all->current;
}

static uint64_t weight(const struct windows *all)
{
    return all->before * (all->length - all->past) + all->current * all->length;
}

/* Returns how much of a window with ${count} requests must be over, so that at most ${rest} of them
 * still count. */
static uint64_t part_until(const struct windows *all, uint64_t count, uint64_t rest)
{
    return count <= rest ? 0 : all->length - rest * all->length / count;
}

/* Returns the time until ${cost} requests are allowed. When more than ${max} are never allowed,
 * this is one window. */
static uint64_t time_until(const struct windows *all, uint64_t max, uint64_t cost)
{
    if (cost > max)
        return all->length;
    if (all->current + cost <= max)
        return part_until(all, all->before, max - cost - all->current) - all->past;
    return all->length - all->past + part_until(all, all->current, max - cost);
}

static uint64_t time_until_whole(const struct windows *all)
{
    uint64_t rest = all->length - all->past;

    return all->current > 0 ? rest + all->length : all->before > 0 ? rest : 0;
}

uint64_t limit_sliding_count(const struct limit_rule *rule, uint64_t state,
                             const struct limit_now *now, uint32_t cost, struct limit_verdict *out)
{
    struct windows all = windows_of(rule, state, now->ns / CLOCK_MS);
    uint64_t max = rule->max < COUNT_MOST ? rule->max : COUNT_MOST, most = max * all.length;
    bool is_refused = weight(&all) + cost * all.length > most;

    *out = (struct limit_verdict){.is_refused = is_refused, .limit = (uint32_t)max};
    if (is_refused)
        out->retry_after_ms = (uint32_t)time_until(&all, max, cost);
    else
        all.current += cost;
    if (weight(&all) < most) /* not so when the rule has become tighter */
        out->remaining = (uint32_t)((most - weight(&all)) / all.length);
    out->window_s = (rule->window_ms + 999) / 1000;
    out->reset_ms = (uint32_t)time_until_whole(&all);
    return state_of(&all);
}

uint64_t limit_sliding_state(const struct limit_rule *rule, const struct limit_now *now,
                             uint64_t before, uint64_t current)
{
    return state_of(&(struct windows){
        .number = (uint64_t)(now->ns / CLOCK_MS) / rule->window_ms,
        .before = before < COUNT_MOST ? before : COUNT_MOST,
        .current = current < COUNT_MOST ? current : COUNT_MOST,
    });
}
