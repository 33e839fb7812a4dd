/*
 * The times that calls of one kind took, as a histogram. Old times count less and less, so the
 * percentiles are those of the last few hundred calls. All workers share a histogram, and it
 * survives a change of the configuration (registry.h). No function waits.
 */
#ifndef BFF_UPSTREAM_LATENCY_H
#define BFF_UPSTREAM_LATENCY_H

#include <stdint.h>

#include "bff/base/registry.h"
#include "bff/base/text.h"

#define LATENCY_SAMPLES_MIN 20 /* fewer samples give no percentile */

struct latency;

/* Returns the histogram ${name}. The caller drops the reference with registry_release. */
struct latency *latency_hold(struct registry *registry, struct text name);

/* Adds a time that was measured at ${now_ns} of clock_now_ns. */
void latency_add(struct latency *latency, int64_t took_ns, int64_t now_ns);

/* Returns the time within which 95 % of the calls ended. The result is up to an eighth too large,
 * and at least 1 ms. 0: there are not enough samples. */
int64_t latency_p95_ns(const struct latency *latency);

#endif
