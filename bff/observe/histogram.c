/* See histogram.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/observe/histogram.h"

#define BOUND(text)                                                                                \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

const struct text histogram_bounds[HISTOGRAM_BUCKETS] = {
    BOUND("0.005"), BOUND("0.01"), BOUND("0.025"), BOUND("0.05"), BOUND("0.075"),
    BOUND("0.1"),   BOUND("0.25"), BOUND("0.5"),   BOUND("0.75"), BOUND("1.0"),
    BOUND("2.5"),   BOUND("5.0"),  BOUND("7.5"),   BOUND("10.0"), BOUND("+Inf"),
};

static const int64_t bounds_ns[HISTOGRAM_BOUNDS] = {
    5 * CLOCK_MS,    10 * CLOCK_MS,  25 * CLOCK_MS,    50 * CLOCK_MS,  75 * CLOCK_MS,
    100 * CLOCK_MS,  250 * CLOCK_MS, 500 * CLOCK_MS,   750 * CLOCK_MS, 1000 * CLOCK_MS,
    5 * CLOCK_S / 2, 5 * CLOCK_S,    15 * CLOCK_S / 2, 10 * CLOCK_S,
};

static uint64_t read(const _Atomic uint64_t *number)
{
    return atomic_load_explicit(number, memory_order_relaxed);
}

static void add(_Atomic uint64_t *number, uint64_t more)
{
    atomic_store_explicit(number, read(number) + more, memory_order_relaxed);
}

unsigned histogram_bucket(int64_t took_ns)
{
    unsigned bucket = 0;

    while (bucket < HISTOGRAM_BOUNDS && took_ns > bounds_ns[bucket])
        bucket++;
    return bucket;
}

void histogram_add(struct histogram *histogram, unsigned bucket, int64_t took_ns)
{
    add(&histogram->buckets[bucket], 1);
    add(&histogram->sum_ns, took_ns > 0 ? (uint64_t)took_ns : 0);
}

/* Exemplars. A reader that has seen a number of the new exemplar sees the odd version afterwards,
 * because the numbers are written with release and read with acquire. */

static void put(_Atomic uint64_t *number, uint64_t value)
{
    atomic_store_explicit(number, value, memory_order_release);
}

static uint64_t get(const _Atomic uint64_t *number)
{
    return atomic_load_explicit(number, memory_order_acquire);
}

void histogram_exemplar_set(struct histogram_exemplar *exemplar, struct text trace, int64_t took_ns,
                            int64_t at_ns)
{
    uint64_t version = read(&exemplar->version), words[HISTOGRAM_TRACE_WORDS];

    must(trace.len == sizeof(words));
    memcpy(words, trace.at, sizeof(words));
    put(&exemplar->version, version + 1);
    put(&exemplar->took_ns, took_ns > 0 ? (uint64_t)took_ns : 0);
    put(&exemplar->at_ns, (uint64_t)at_ns);
    for (size_t i = 0; i < HISTOGRAM_TRACE_WORDS; i++)
        put(&exemplar->trace[i], words[i]);
    put(&exemplar->version, version + 2);
}

static void take_exemplar(struct histogram_sum *sum, unsigned bucket,
                          const struct histogram_exemplar *exemplar)
{
    uint64_t version = get(&exemplar->version), words[HISTOGRAM_TRACE_WORDS];
    uint64_t took_ns = get(&exemplar->took_ns), at_ns = get(&exemplar->at_ns);

    for (size_t i = 0; i < HISTOGRAM_TRACE_WORDS; i++)
        words[i] = get(&exemplar->trace[i]);
    if (version == 0 || version % 2 == 1 || version != read(&exemplar->version) ||
        at_ns <= sum->exemplars[bucket].at_ns)
        return;
    sum->exemplars[bucket].took_ns = took_ns;
    sum->exemplars[bucket].at_ns = at_ns;
    memcpy(sum->exemplars[bucket].trace, words, sizeof(words));
}

void histogram_sum_add(struct histogram_sum *sum, const struct histogram *histogram,
                       const struct histogram_exemplars *exemplars)
{
    sum->sum_ns += read(&histogram->sum_ns);
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        sum->buckets[i] += read(&histogram->buckets[i]);
        if (exemplars != NULL)
            take_exemplar(sum, i, &exemplars->buckets[i]);
    }
}
