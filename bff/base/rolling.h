/*
 * Two counts over the last seconds, for example of calls that began and of calls that failed. The
 * window has ROLLING_BUCKETS buckets of the same length. When a bucket's time is over, its counts
 * leave the window together. When a count of a bucket would be more than 1048575, both counts of
 * the bucket are halved, so that their ratio stays the same. The buckets begin at multiples of
 * their length on CLOCK_MONOTONIC.
 *
 * All functions may be called from any thread and never wait. An all-zero struct is empty.
 */
#ifndef BFF_BASE_ROLLING_H
#define BFF_BASE_ROLLING_H

#include <stdatomic.h>
#include <stdint.h>

#define ROLLING_BUCKETS 10

struct rolling {
    _Atomic uint64_t buckets[ROLLING_BUCKETS]; /* rolling.c's own */
};

struct rolling_counts {
    uint32_t first, second;
};

/* Adds ${counts} to the bucket of ${now_ns}. ${bucket_ns} is the length of a bucket, and is the
 * same in all calls for one struct. */
void rolling_add(struct rolling *rolling, int64_t bucket_ns, int64_t now_ns,
                 struct rolling_counts counts);

/* Takes ${counts}, which were added at ${then_ns}, out of the window again. Does nothing when their
 * bucket has left the window. */
void rolling_take(struct rolling *rolling, int64_t bucket_ns, int64_t then_ns,
                  struct rolling_counts counts);

/* Returns the counts of the window that ends with the bucket of ${now_ns}. */
struct rolling_counts rolling_sum(const struct rolling *rolling, int64_t bucket_ns, int64_t now_ns);

#endif
