/*
 * What a configuration says about traces: which requests are sampled, where spans go, and which
 * members of the field baggage services get. bff/http reads it when a request begins, and
 * bff/observe when spans are made and exported.
 *
 * A request is sampled when its traceparent has the flag "sampled". This is decided when its head
 * is read (sampling.h). A request that is not sampled is still traced when its spans may be kept
 * because it fails or is slow: this is decided when it is over.
 */
#ifndef BFF_HTTP_TRACING_SETTINGS_H
#define BFF_HTTP_TRACING_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

struct trust;

#define TRACING_SAMPLE_ALL 1000000 /* parts of a million */

/*
 *   is_on           spans are exported; else only ${baggage} has a meaning
 *   url             of the collector: "http://127.0.0.1:4318/v1/traces"
 *   base            the same without /v1/traces, as the environment of OpenTelemetry has it; only
 *                   for the configuration
 *   headers         whole lines for the collector, each with its CRLF; they may have secrets
 *   ca_file, trust  for https
 *   sample          parts of a million of the traces that begin here
 *   follows_parent  a request that continues a trace is sampled when its client says so; else
 *                   ${sample} decides about it, too
 *   keeps_failed    requests that failed are kept
 *   slow_ms         requests that took at least so long are kept; 0: they are not
 *   batch           spans of one export, at the most
 *   queue           spans that wait in a worker, at the most; more are dropped
 *   interval_ms     the longest time that a span waits for its batch
 *   timeout_ms      of an export
 *   service_name    the resource attribute service.name
 *   attributes      more attributes of the resource: "key=value,key=value", percent-encoded
 *   baggage         names of the members that services get
 */
struct tracing_settings {
    bool is_on;
    struct text url;
    struct text base;
    struct text headers;
    char *ca_file;
    struct trust *trust;
    uint32_t sample;
    bool follows_parent;
    bool keeps_failed;
    uint32_t slow_ms;
    size_t batch, queue;
    uint32_t interval_ms, timeout_ms;
    struct text service_name;
    struct text attributes;
    const struct text *baggage;
    size_t baggage_count;
};

#endif
