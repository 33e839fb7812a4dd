/* See answer_headers.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/compose/answer_headers.h"

/* The most bytes of one member besides the names in it: durations, words, punctuation. */
#define TIMING_BYTES 64
#define PROXY_BYTES 160

/* A line that is being written. It has room for all of it. */
struct line {
    char *at;
    size_t len, capacity;
};

static struct line line_new(const struct run *run, size_t names, size_t each)
{
    const struct plan *plan = run->request->plan;
    struct line line = {0};

    for (size_t i = 0; i < plan->part_count; i++)
        line.capacity += plan->parts[i].name.len + names + each;
    line.at = pool_take(run->request->pool, line.capacity);
    return line;
}

static void put(struct line *line, struct text text)
{
    must(line->capacity - line->len >= text.len);
    memcpy(line->at + line->len, text.at, text.len);
    line->len += text.len;
}

static void put_number(struct line *line, uint64_t number)
{
    char digits[20], *at = digits + sizeof(digits);

    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    put(line, (struct text){at, (size_t)(digits + sizeof(digits) - at)});
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

/* Milliseconds with one decimal. A part that was never started has none. */
static void put_duration(struct line *line, const struct run_part *part)
{
    int64_t took_ns = part->is_started ? part->settled_ns - part->started_ns : 0;
    uint64_t tenths = (uint64_t)(took_ns + CLOCK_MS / 20) / (CLOCK_MS / 10);

    put_number(line, tenths / 10);
    put(line, TEXT("."));
    put_number(line, tenths % 10);
}

struct text answer_server_timing(const struct run *run)
{
    const struct plan *plan = run->request->plan;
    struct line line = line_new(run, 0, TIMING_BYTES);
    int status;

    for (size_t i = 0; i < plan->part_count; i++) {
        enum reason reason = answer_reason(run, i, &status);
        if (i > 0)
            put(&line, TEXT(", "));
        put(&line, plan->parts[i].name);
        put(&line, TEXT(";dur="));
        put_duration(&line, &run->parts[i]);
        if (reason == REASON_NONE)
            continue;
        put(&line, TEXT(";desc=\""));
        put(&line, text_of(reason_name(reason)));
        put(&line, TEXT("\""));
    }
    return (struct text){line.at, line.len};
}

/* Proxy-Status. */

static void put_member(struct line *line, struct text server, struct text part, enum reason reason)
{
    put(line, server);
    put(line, TEXT("; error="));
    put(line, text_of(reason_proxy_error(reason)));
    put(line, TEXT("; details=\""));
    put(line, part);
    put(line, TEXT(" "));
    put(line, text_of(reason_name(reason)));
    put(line, TEXT("\""));
}

struct text answer_proxy_status(const struct run *run, struct text server)
{
    const struct plan *plan = run->request->plan;
    struct line line;
    int status;

    if (!run->is_partial)
        return (struct text){0};
    line = line_new(run, server.len, PROXY_BYTES);
    for (size_t i = 0; i < plan->part_count; i++) {
        enum reason reason = answer_reason(run, i, &status);
        if (reason == REASON_NONE)
            continue;
        if (line.len > 0)
            put(&line, TEXT(", "));
        put_member(&line, server, plan->parts[i].name, reason);
    }
    return (struct text){line.at, line.len};
}
