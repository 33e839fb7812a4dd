/*
 * Writes metrics as text for Prometheus: its text format 0.0.4, or OpenMetrics 1.0.0. Both have the
 * same samples; OpenMetrics has units and exemplars, and names the families of counters without
 * "_total".
 *
 * The text is made in pieces, so that a long page is never copied.
 */
#ifndef BFF_OBSERVE_EXPOSITION_H
#define BFF_OBSERVE_EXPOSITION_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/observe/histogram.h"

enum exposition_format {
    EXPOSITION_TEXT,        /* text/plain; version=0.0.4 */
    EXPOSITION_OPENMETRICS, /* application/openmetrics-text; version=1.0.0 */
};

/* Returns the format that ${accept}, the value of the field Accept, likes best (RFC 9110 section
 * 12.5.1). When it likes none or is absent, this is EXPOSITION_TEXT. */
enum exposition_format exposition_choose(struct text accept);

/* Returns the value of Content-Type. */
const char *exposition_content_type(enum exposition_format format);

/* Adds a label to ${labels}, and returns them: "a=\"1\",b=\"2\"". The value is escaped. A label
 * without a value (absent) is left out. */
struct text exposition_label(struct pool *pool, struct text labels, const char *name,
                             struct text value);

enum exposition_type {
    EXPOSITION_COUNTER,
    EXPOSITION_GAUGE,
    EXPOSITION_HISTOGRAM,
};

struct exposition {
    struct pool *pool;
    enum exposition_format format;
    struct text *pieces;
    size_t count, capacity;
    char *at, *end; /* room in the last piece */
    const char *family;
    enum exposition_type type;
    int64_t wall_ns, now_ns; /* the same moment on both clocks, for the times of exemplars */
};

void exposition_begin(struct exposition *out, struct pool *pool, enum exposition_format format);

/* Ends the text. Then ${out->pieces} and ${out->count} have it. */
void exposition_end(struct exposition *out);

/* Begins a family. ${name} has no "_total"; ${unit} is the end of the name without "_", or NULL.
 * ${help} has no line feed. */
void exposition_family(struct exposition *out, const char *name, enum exposition_type type,
                       const char *unit, const char *help);

/* Writes a sample of the family, which is no histogram. ${labels} is empty or absent: none. */
void exposition_sample(struct exposition *out, struct text labels, uint64_t value);

/* The same for a value in nanoseconds, which is written in seconds. */
void exposition_seconds(struct exposition *out, struct text labels, uint64_t ns);

/* Writes all samples of a histogram. */
void exposition_histogram(struct exposition *out, struct text labels,
                          const struct histogram_sum *sum);

#endif
