/* See answer_cache.h. */
#include "bff/base/text_builder.h"
#include "bff/cache/cache_age.h"
#include "bff/cache/cache_status.h"
#include "bff/compose/answer_cache.h"
#include "bff/compose/run_calls.h"

#define MEMBER_BYTES 96

/* Finding. */

static bool is_any_cached(const struct run *run)
{
    return run->request->plan->is_cached && run->request->flights != NULL;
}

static const struct cache_fetch *of_item(const struct run_item *item)
{
    return item->call == NULL ? NULL : item->call->cached;
}

const struct cache_fetch *answer_cache_of(const struct run *run, size_t i)
{
    const struct run_part *part = &run->parts[i];
    const struct cache_fetch *first = NULL;

    if (!is_any_cached(run))
        return NULL;
    for (size_t at = 0; at < part->item_count; at++) {
        const struct cache_fetch *cached = of_item(&part->items[at]);
        if (cached != NULL && cached->state != CACHE_FETCH_HIT)
            return cached;
        if (first == NULL)
            first = cached;
    }
    return first;
}

/* The log. */

struct text answer_cache_word(const struct cache_fetch *cached)
{
    static const char *const words[] = {
        [CACHE_FETCH_BYPASS] = "bypass",       [CACHE_FETCH_HIT] = "hit",
        [CACHE_FETCH_STALE] = "stale",         [CACHE_FETCH_MISS] = "miss",
        [CACHE_FETCH_COLLAPSED] = "collapsed", [CACHE_FETCH_LATE] = "late",
    };

    return cached == NULL ? (struct text){0} : text_of(words[cached->state]);
}

/* Cache-Status. */

static bool has_call(const struct run_part *part)
{
    for (size_t at = 0; at < part->item_count; at++)
        if (part->items[at].call != NULL)
            return true;
    return false;
}

static enum cache_status_forward forward_of(const struct cache_fetch *cached)
{
    switch (cached->state) {
    case CACHE_FETCH_BYPASS:
        return CACHE_STATUS_BYPASS;
    case CACHE_FETCH_HIT:
        return CACHE_STATUS_HIT;
    case CACHE_FETCH_STALE:
        return cached->is_failed ? CACHE_STATUS_STALE : CACHE_STATUS_HIT;
    default:
        return CACHE_STATUS_MISS;
    }
}

static struct text detail_of(struct pool *pool, struct text name, const struct cache_fetch *cached)
{
    if (cached->state != CACHE_FETCH_STALE && cached->state != CACHE_FETCH_LATE)
        return name;
    return pool_print(pool, "%.*s %.*s", TEXT_ARGS(name), TEXT_ARGS(answer_cache_word(cached)));
}

static void put_member(struct text_builder *line, const struct run *run, size_t i,
                       struct text server)
{
    const struct cache_fetch *cached = answer_cache_of(run, i);
    struct text name = run->request->plan->parts[i].name;
    struct cache_status status = {.name = server, .forward = CACHE_STATUS_BYPASS, .detail = name};

    if (cached != NULL) {
        bool is_hit = forward_of(cached) == CACHE_STATUS_HIT;
        status.forward = forward_of(cached);
        status.has_ttl = is_hit && cached->ttl_ns != 0;
        status.ttl_s = cache_age_floor_s(cached->ttl_ns);
        status.status = cached->is_failed ? cached->failed : 0;
        status.is_stored = cached->is_stored;
        status.is_collapsed = cached->state == CACHE_FETCH_COLLAPSED;
        status.detail = detail_of(run->request->pool, name, cached);
    }
    cache_status_print(line, &status);
}

struct text answer_cache_status(const struct run *run, struct text server)
{
    const struct plan *plan = run->request->plan;
    struct text_builder line = {0};

    if (!is_any_cached(run))
        return (struct text){0};
    text_builder_init(&line, run->request->pool, plan->part_count * (server.len + MEMBER_BYTES));
    for (size_t i = 0; i < plan->part_count; i++) {
        if (!has_call(&run->parts[i]))
            continue;
        if (line.len > 0)
            text_builder_add(&line, TEXT(", "));
        put_member(&line, run, i, server);
    }
    return text_builder_text(&line);
}
