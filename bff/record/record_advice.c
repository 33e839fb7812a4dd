/* See record_advice.h. */
#include <stdlib.h>

#include "bff/record/record_advice.h"

#define MS INT64_C(1000000)
#define CLIENT_LEFT 499

/* The requests that count, and room for one time of each of them. */
struct sample {
    const struct record_advice_plan *plan;
    const struct record_entry **entries;
    int64_t *times;
    size_t count;
};

static bool counts(const struct record_advice_plan *plan, const struct record_entry *entry)
{
    return entry->part_count > 0 && entry->status != CLIENT_LEFT &&
           text_equal(entry->method, plan->method) && text_equal(entry->pattern, plan->pattern);
}

static struct sample sample_of(struct pool *pool, const struct record_advice_plan *plan,
                               struct record_entry *const *entries, size_t count)
{
    struct sample sample = {.plan = plan};

    sample.entries = pool_take(pool, (count + 1) * sizeof(*sample.entries));
    sample.times = pool_take(pool, (count + 1) * sizeof(*sample.times));
    for (size_t i = 0; i < count; i++)
        if (counts(plan, entries[i]))
            sample.entries[sample.count++] = entries[i];
    return sample;
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

/* ${times} are sorted. */
static int64_t percentile(const int64_t *times, size_t count, unsigned percent)
{
    return count == 0 ? 0 : times[(count * percent + 99) / 100 - 1];
}

static void sort(int64_t *times, size_t count) { qsort(times, count, sizeof(*times), compare); }

/* Returns NULL when the part was not started. */
static const struct part_report *started(const struct record_entry *entry, struct text name)
{
    for (size_t i = 0; i < entry->part_count; i++)
        if (text_equal(entry->parts[i].name, name))
            return entry->parts[i].started_ns > 0 ? &entry->parts[i] : NULL;
    return NULL;
}

/* A time limit for one part. */

struct cut {
    const struct sample *sample;
    size_t part;
    int64_t limit_ns;
};

static bool is_cut(const struct cut *cut, const struct part_report *part)
{
    return part->took_ns > cut->limit_ns;
}

/* True when ${row} is the part, or waits for it: then it is not started after the part was
 * rejected. */
static bool waits_for(const struct cut *cut, size_t row)
{
    const struct record_advice_plan *plan = cut->sample->plan;

    for (int at = (int)row; at >= 0; at = plan->rows[at].after)
        if ((size_t)at == cut->part)
            return true;
    return false;
}

/* When the last part would have settled: with the limit, or without it. */
static int64_t last_end(const struct cut *cut, const struct record_entry *entry, bool has_limit)
{
    const struct record_advice_plan *plan = cut->sample->plan;
    int64_t last = 0;

    for (size_t row = 0; row < plan->count; row++) {
        const struct part_report *part = started(entry, plan->rows[row].name);
        if (part == NULL)
            continue;
        int64_t end = part->started_ns + part->took_ns;
        if (has_limit && row == cut->part)
            end = part->started_ns + cut->limit_ns;
        else if (has_limit && waits_for(cut, row))
            continue;
        last = end > last ? end : last;
    }
    return last;
}

/* The time after the last part has settled, in which the answer is made and sent, stays. */
static int64_t took_with(const struct cut *cut, const struct record_entry *entry)
{
    const struct part_report *part = started(entry, cut->sample->plan->rows[cut->part].name);

    if (part == NULL || !is_cut(cut, part))
        return entry->took_ns;
    return entry->took_ns - (last_end(cut, entry, false) - last_end(cut, entry, true));
}

static void try_limit(const struct cut *cut, const struct record_advice *whole, int64_t p99,
                      struct record_advice_part *out)
{
    const struct sample *sample = cut->sample;

    for (size_t i = 0; i < sample->count; i++) {
        sample->times[i] = took_with(cut, sample->entries[i]);
        const struct part_report *part =
            started(sample->entries[i], sample->plan->rows[cut->part].name);
        out->lost += part != NULL && is_cut(cut, part);
    }
    sort(sample->times, sample->count);
    out->saved_p95 = whole->p95 - percentile(sample->times, sample->count, 95);
    out->saved_p99 = p99 - percentile(sample->times, sample->count, 99);
}

static bool may_have_limit(const struct sample *sample, size_t row, uint32_t limit_ms)
{
    const struct record_advice_row *at = &sample->plan->rows[row];

    return !at->is_required && sample->count >= RECORD_ADVICE_LEAST &&
           (at->timeout_ms == 0 || limit_ms < at->timeout_ms);
}

static void advise(const struct sample *sample, size_t row, const struct record_advice *whole,
                   int64_t p99)
{
    struct record_advice_part *out = &whole->parts[row];
    uint32_t limit_ms = (uint32_t)((out->p95 + MS - 1) / MS);
    struct cut cut = {sample, row, limit_ms * MS};

    if (limit_ms == 0 || !may_have_limit(sample, row, limit_ms))
        return;
    try_limit(&cut, whole, p99, out);
    if (out->saved_p95 > 0 || out->saved_p99 > 0)
        out->limit_ms = limit_ms;
    else
        out->lost = 0;
}

/* What was measured. */

static void measure_part(const struct sample *sample, size_t row, struct record_advice_part *out)
{
    struct text name = sample->plan->rows[row].name;

    for (size_t i = 0; i < sample->count; i++) {
        const struct record_entry *entry = sample->entries[i];
        const struct part_report *part = started(entry, name);
        if (part != NULL)
            sample->times[out->runs++] = part->took_ns;
        out->set +=
            entry->set_by < entry->part_count && text_equal(entry->parts[entry->set_by].name, name);
    }
    sort(sample->times, out->runs);
    out->p50 = percentile(sample->times, out->runs, 50);
    out->p95 = percentile(sample->times, out->runs, 95);
}

struct record_advice record_advice_make(struct pool *pool, const struct record_advice_plan *plan,
                                        struct record_entry *const *entries, size_t count)
{
    struct sample sample = sample_of(pool, plan, entries, count);
    struct record_advice advice = {.requests = sample.count};

    for (size_t i = 0; i < sample.count; i++)
        sample.times[i] = sample.entries[i]->took_ns;
    sort(sample.times, sample.count);
    advice.p50 = percentile(sample.times, sample.count, 50);
    advice.p95 = percentile(sample.times, sample.count, 95);
    int64_t p99 = percentile(sample.times, sample.count, 99);
    advice.parts = pool_zero(pool, (plan->count + 1) * sizeof(*advice.parts));
    for (size_t row = 0; row < plan->count; row++)
        measure_part(&sample, row, &advice.parts[row]);
    for (size_t row = 0; row < plan->count; row++)
        advise(&sample, row, &advice, p99);
    return advice;
}
