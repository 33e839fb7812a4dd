/*
 * The decision whether a trace is sampled, when the head of a request is read. It is that of
 * OpenTelemetry's parent-based sampler with a ratio: the last 56 bits of the trace id are compared
 * with a threshold ("Probability Sampling", section "Sampling decision"). So all servers with the
 * same ratio choose the same traces.
 */
#ifndef BFF_HTTP_SAMPLING_H
#define BFF_HTTP_SAMPLING_H

#include <stdbool.h>

#include "bff/base/text.h"
#include "bff/http/tracing_settings.h"

/* Returns the decision about ${traceparent}, which is valid; with ${has_parent} its flags are the
 * client's. ${settings}->is_on must be true. */
bool sampling_takes(const struct tracing_settings *settings, struct text traceparent,
                    bool has_parent);

#endif
