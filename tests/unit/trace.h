/*
 * A text to which a test adds what happens, so that it can compare all of it at once. Times in it
 * are numbers of milliseconds: this header replaces clock_iso.
 */
#ifndef TESTS_UNIT_TRACE_H
#define TESTS_UNIT_TRACE_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "bff/base/clock.h"

static char trace[1024];

static inline void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

static inline void note(const char *format, ...)
{
    size_t len = strlen(trace);
    va_list args;

    va_start(args, format);
    vsnprintf(trace + len, sizeof(trace) - len, format, args);
    va_end(args);
}

void clock_iso(int64_t wall_ms, char out[CLOCK_ISO_SIZE])
{
    snprintf(out, CLOCK_ISO_SIZE, "%lld", (long long)wall_ms);
}

#endif
