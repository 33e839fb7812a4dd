/* See answer_headers.h. */
#include "bff/base/clock.h"
#include "bff/base/text_builder.h"
#include "bff/compose/answer_cache.h"
#include "bff/compose/answer_headers.h"

/* The most bytes of one member, not counting the names in it: duration, words, punctuation. */
#define TIMING_BYTES 64
#define PROXY_BYTES 160

/* Begins a line with enough memory for the whole line, so that it is allocated only once. */
static void begin(struct text_builder *line, const struct run *run, size_t names, size_t each)
{
    const struct plan *plan = run->request->plan;
    size_t expected = 0;

    for (size_t i = 0; i < plan->part_count; i++)
        expected += plan->parts[i].name.len + names + each;
    text_builder_init(line, run->request->pool, expected);
}

enum reason answer_reason(const struct run *run, size_t i, int *status)
{
    const struct run_part *part = &run->parts[i];

    *status = part->status;
    if (!part->is_settled || part->reason != REASON_NONE)
        return part->is_settled ? part->reason : REASON_NONE;
    for (size_t at = 0; at < part->item_count; at++) {
        *status = part->items[at].status;
        if (part->items[at].reason != REASON_NONE)
            return part->items[at].reason;
    }
    return REASON_NONE;
}

/* Server-Timing. */

/* Writes the duration in milliseconds with one decimal. It is 0 for a part that never started. */
static void put_duration(struct text_builder *line, const struct run_part *part)
{
    int64_t took_ns = part->is_started ? part->settled_ns - part->started_ns : 0;
    uint64_t tenths = (uint64_t)(took_ns + CLOCK_MS / 20) / (CLOCK_MS / 10);

    text_builder_size(line, tenths / 10);
    text_builder_add(line, TEXT("."));
    text_builder_size(line, tenths % 10);
}

bool answer_is_stale(const struct run *run, size_t i)
{
    const struct cache_fetch *cached = answer_cache_of(run, i);

    return cached != NULL && cached->state == CACHE_FETCH_STALE;
}

/* Says why the part failed, or that its value is an old one. */
static void put_description(struct text_builder *line, const struct run *run, size_t i,
                            enum reason reason)
{
    bool is_stale =
        reason == REASON_NONE && run->request->plan->is_cached && answer_is_stale(run, i);

    if (reason == REASON_NONE && !is_stale)
        return;
    text_builder_add(line, TEXT(";desc=\""));
    text_builder_add(line, is_stale ? TEXT("stale") : text_of(reason_name(reason)));
    text_builder_add(line, TEXT("\""));
}

struct text answer_server_timing(const struct run *run)
{
    const struct plan *plan = run->request->plan;
    struct text_builder line;
    int status;

    begin(&line, run, 0, TIMING_BYTES);
    for (size_t i = 0; i < plan->part_count; i++) {
        enum reason reason = answer_reason(run, i, &status);
        if (!choice_calls(run->request->choice, i))
            continue;
        if (line.len > 0)
            text_builder_add(&line, TEXT(", "));
        text_builder_add(&line, plan->parts[i].name);
        text_builder_add(&line, TEXT(";dur="));
        put_duration(&line, &run->parts[i]);
        put_description(&line, run, i, reason);
    }
    return text_builder_text(&line);
}

/* Proxy-Status. */

static void put_member(struct text_builder *line, struct text server, struct text part,
                       enum reason reason)
{
    text_builder_add(line, server);
    text_builder_add(line, TEXT("; error="));
    text_builder_add(line, text_of(reason_proxy_error(reason)));
    text_builder_add(line, TEXT("; details=\""));
    text_builder_add(line, part);
    text_builder_add(line, TEXT(" "));
    text_builder_add(line, text_of(reason_name(reason)));
    text_builder_add(line, TEXT("\""));
}

struct text answer_proxy_status(const struct run *run, struct text server)
{
    const struct plan *plan = run->request->plan;
    struct text_builder line;
    int status;

    if (!run->is_partial)
        return (struct text){0};
    begin(&line, run, server.len, PROXY_BYTES);
    for (size_t i = 0; i < plan->part_count; i++) {
        enum reason reason = answer_reason(run, i, &status);
        if (reason == REASON_NONE)
            continue;
        if (line.len > 0)
            text_builder_add(&line, TEXT(", "));
        put_member(&line, server, plan->parts[i].name, reason);
    }
    return text_builder_text(&line);
}
