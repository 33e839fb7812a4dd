/* Two clocks: a monotonic one for the program, and the time of day for people. */
#ifndef BFF_BASE_CLOCK_H
#define BFF_BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_MS INT64_C(1000000) /* nanoseconds in a millisecond */
#define CLOCK_S (1000 * CLOCK_MS)

/* Returns the nanoseconds of CLOCK_MONOTONIC. All timeouts, durations and comparisons use this
 * clock. */
int64_t clock_now_ns(void);

/* Returns the milliseconds since 1970-01-01 UTC. Use them only to show a time to people: the system
 * clock can jump. */
int64_t clock_wall_ms(void);

/* Returns the whole seconds since 1970-01-01 UTC, for times that other machines or other processes
 * have stated: those of tokens, sessions and HTTP dates. */
static inline int64_t clock_wall_s(void) { return clock_wall_ms() / 1000; }

#define CLOCK_ISO_SIZE sizeof("2026-01-31T23:59:59.999Z")

/* Writes ${wall_ms} as an ISO 8601 time in UTC with milliseconds, followed by a NUL. */
void clock_iso(int64_t wall_ms, char out[CLOCK_ISO_SIZE]);

#endif
