/* Two clocks: a monotonic one for the program, and the time of day for people. */
#ifndef BFF_BASE_CLOCK_H
#define BFF_BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_MS INT64_C(1000000) /* nanoseconds in a millisecond */

/* Nanoseconds of CLOCK_MONOTONIC. All timeouts, durations and comparisons use it. */
int64_t clock_now_ns(void);

/* Milliseconds since 1970 UTC. They are only shown: this clock can jump. */
int64_t clock_wall_ms(void);

#define CLOCK_ISO_SIZE sizeof("2026-01-31T23:59:59.999Z")

/* Writes ${wall_ms} in the form of ISO 8601, in UTC and with milliseconds, and a NUL. */
void clock_iso(int64_t wall_ms, char out[CLOCK_ISO_SIZE]);

#endif
