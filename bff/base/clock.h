/* Two clocks: one for logic, one for people. */
#ifndef BFF_BASE_CLOCK_H
#define BFF_BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_MS INT64_C(1000000) /* nanoseconds in a millisecond */

/* Nanoseconds of CLOCK_MONOTONIC: for every timeout, duration and comparison. */
int64_t clock_now_ns(void);

/* Milliseconds since 1970 UTC: to be shown, never to be reckoned with. */
int64_t clock_wall_ms(void);

#define CLOCK_ISO_SIZE sizeof("2026-01-31T23:59:59.999Z")

/* Writes ${wall_ms} as ISO 8601 in UTC with milliseconds and a NUL. */
void clock_iso(int64_t wall_ms, char out[CLOCK_ISO_SIZE]);

#endif
