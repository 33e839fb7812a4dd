/* See sampling.h. */
#include "bff/base/traceparent.h"
#include "bff/http/sampling.h"

#define RANDOM_DIGITS 14 /* 56 bits */

/* Returns the trace id's last 56 bits. */
static uint64_t randomness(struct text traceparent)
{
    struct text trace = traceparent_trace(traceparent);
    uint64_t bits = 0;

    for (size_t i = trace.len - RANDOM_DIGITS; i < trace.len; i++) {
        char c = trace.at[i];
        bits = bits << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return bits;
}

/* Traces whose bits are at least this number are sampled. */
static uint64_t threshold(uint32_t sample)
{
    uint64_t rejected = TRACING_SAMPLE_ALL - sample;

    return (rejected << 44) / TRACING_SAMPLE_ALL << 12; /* in 64 bits: the number is below 2^20 */
}

bool sampling_takes(const struct tracing_settings *settings, struct text traceparent,
                    bool has_parent)
{
    if (has_parent && settings->follows_parent)
        return traceparent_is_sampled(traceparent);
    return settings->sample > 0 && randomness(traceparent) >= threshold(settings->sample);
}
