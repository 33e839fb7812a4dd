/* See latency.h. */
#include <stdatomic.h>

#include "bff/base/clock.h"
#include "bff/upstream/latency.h"

/* Buckets are linear up to 8 units and then have 8 steps for each power of two. */
#define STEP_BITS 3
#define STEPS (1u << STEP_BITS)
#define UNIT_BITS 16  /* a unit is 65.5 us */
#define BUCKETS 160   /* up to about 4.5 minutes */
#define SAMPLES 512   /* when there are so many, all buckets are halved */
#define ESTIMATE 16   /* the percentile is calculated again after so many samples */
#define FADE_MS 10000 /* all buckets are halved after this time, too */

struct latency {
    _Atomic int64_t p95_ns;
    _Atomic int64_t faded_ns; /* when the buckets were halved */
    atomic_flag is_fading;    /* a worker halves them */
    atomic_uint total;        /* of all buckets */
    atomic_uint buckets[BUCKETS];
};

static const struct registry_kind latencies = {.bytes = sizeof(struct latency)};

struct latency *latency_hold(struct registry *registry, struct text name)
{
    return registry_hold(registry, &latencies, name);
}

static unsigned bucket_of(int64_t took_ns)
{
    uint64_t units = took_ns > 0 ? (uint64_t)took_ns >> UNIT_BITS : 0;
    unsigned power, bucket;

    if (units < STEPS)
        return (unsigned)units;
    power = 63 - (unsigned)__builtin_clzll(units) - STEP_BITS;
    bucket = (power + 1) * STEPS + (unsigned)(units >> power & (STEPS - 1));
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

/* The time at which ${bucket} ends. */
static int64_t end_ns(unsigned bucket)
{
    int64_t units = bucket + 1;

    if (bucket >= STEPS)
        units = (int64_t)(STEPS + bucket % STEPS + 1) << (bucket / STEPS - 1);
    return units << UNIT_BITS;
}

static int64_t estimate_ns(const struct latency *latency)
{
    unsigned total = atomic_load_explicit(&latency->total, memory_order_relaxed);
    unsigned slow = total / 20, bucket = BUCKETS - 1, seen = 0;

    if (total < LATENCY_SAMPLES_MIN)
        return 0;
    for (; bucket > 0; bucket--) {
        seen += atomic_load_explicit(&latency->buckets[bucket], memory_order_relaxed);
        if (seen > slow)
            break;
    }
    return end_ns(bucket) > CLOCK_MS ? end_ns(bucket) : CLOCK_MS;
}

/* Forgets half of the samples. */
static void fade(struct latency *latency, int64_t now_ns)
{
    unsigned gone = 0;

    if (atomic_flag_test_and_set_explicit(&latency->is_fading, memory_order_acquire))
        return;
    atomic_store_explicit(&latency->faded_ns, now_ns, memory_order_relaxed);
    for (unsigned i = 0; i < BUCKETS; i++) {
        unsigned count = atomic_load_explicit(&latency->buckets[i], memory_order_relaxed);
        if (count > 0)
            atomic_fetch_sub_explicit(&latency->buckets[i], count - count / 2,
                                      memory_order_relaxed);
        gone += count - count / 2;
    }
    atomic_fetch_sub_explicit(&latency->total, gone, memory_order_relaxed);
    atomic_flag_clear_explicit(&latency->is_fading, memory_order_release);
}

void latency_add(struct latency *latency, int64_t took_ns, int64_t now_ns)
{
    int64_t faded_ns = atomic_load_explicit(&latency->faded_ns, memory_order_relaxed);
    unsigned total;

    atomic_fetch_add_explicit(&latency->buckets[bucket_of(took_ns)], 1, memory_order_relaxed);
    total = 1 + atomic_fetch_add_explicit(&latency->total, 1, memory_order_relaxed);
    if (total >= SAMPLES || (faded_ns != 0 && now_ns - faded_ns > FADE_MS * CLOCK_MS))
        fade(latency, now_ns);
    else if (faded_ns == 0)
        atomic_store_explicit(&latency->faded_ns, now_ns, memory_order_relaxed);
    if (total < LATENCY_SAMPLES_MIN + ESTIMATE || total % ESTIMATE == 0)
        atomic_store_explicit(&latency->p95_ns, estimate_ns(latency), memory_order_relaxed);
}

int64_t latency_p95_ns(const struct latency *latency)
{
    return atomic_load_explicit(&latency->p95_ns, memory_order_relaxed);
}
