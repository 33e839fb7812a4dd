/*
 * A histogram of times, with an exemplar for each bucket: the trace of the request that was counted
 * there last. One thread writes a histogram, and all threads may read it at any time. Nobody waits:
 * the members are atomic, and a reader that meets a half-written exemplar does without it.
 */
#ifndef BFF_OBSERVE_HISTOGRAM_H
#define BFF_OBSERVE_HISTOGRAM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/base/traceparent.h"

/* The bounds that OpenTelemetry's semantic conventions advise for the durations of HTTP, and one
 * bucket for all that is longer. */
#define HISTOGRAM_BOUNDS 14
#define HISTOGRAM_BUCKETS (HISTOGRAM_BOUNDS + 1)

/* The bounds in seconds, as OpenMetrics writes them, and "+Inf" at the end. */
extern const struct text histogram_bounds[HISTOGRAM_BUCKETS];

struct histogram {
    _Atomic uint64_t buckets[HISTOGRAM_BUCKETS]; /* not cumulative */
    _Atomic uint64_t sum_ns;
};

#define HISTOGRAM_TRACE_WORDS (TRACEPARENT_TRACE_DIGITS / 8)

struct histogram_exemplar {
    _Atomic uint64_t version; /* odd while it is written; 0: there is none */
    _Atomic uint64_t took_ns, at_ns;
    _Atomic uint64_t trace[HISTOGRAM_TRACE_WORDS]; /* the digits */
};

struct histogram_exemplars {
    struct histogram_exemplar buckets[HISTOGRAM_BUCKETS];
};

/* Returns the bucket of ${took_ns}: the first one whose bound is not smaller. */
unsigned histogram_bucket(int64_t took_ns);

/* Counts ${took_ns} in ${bucket}. */
void histogram_add(struct histogram *histogram, unsigned bucket, int64_t took_ns);

/* Replaces the exemplar. ${trace} has TRACEPARENT_TRACE_DIGITS bytes; ${at_ns} is of clock_now_ns.
 */
void histogram_exemplar_set(struct histogram_exemplar *exemplar, struct text trace, int64_t took_ns,
                            int64_t at_ns);

/* What a reader has added up, of one histogram or of several. All zero at first. */
struct histogram_sum {
    uint64_t buckets[HISTOGRAM_BUCKETS];
    uint64_t sum_ns;
    struct {
        uint64_t took_ns, at_ns; /* at_ns 0: there is none */
        char trace[TRACEPARENT_TRACE_DIGITS];
    } exemplars[HISTOGRAM_BUCKETS];
};

/* Adds ${histogram} and the newer ones of ${exemplars} to ${sum}. ${exemplars} may be NULL. */
void histogram_sum_add(struct histogram_sum *sum, const struct histogram *histogram,
                       const struct histogram_exemplars *exemplars);

#endif
