/*
 * Sends the spans of one worker to a collector, by OTLP over HTTP: a POST with a message
 * ExportTraceServiceRequest in protobuf. One batch is under way at a time; meanwhile spans wait in
 * the queue. No request ever waits for the collector: what does not fit is dropped and counted.
 *
 * A batch is sent again when there was no answer, or one with the status 429, 502, 503 or 504
 * (OTLP specification, "Failures"): after 1, 2, 4 and 8 s, or after Retry-After, but at most after
 * 60 s. Then it is dropped.
 */
#ifndef BFF_OBSERVE_SPAN_EXPORT_H
#define BFF_OBSERVE_SPAN_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/http/tracing_settings.h"
#include "bff/observe/span.h"
#include "bff/upstream/endpoints.h"

struct span_export;

/*
 *   settings   borrowed until span_export_free
 *   endpoints  the worker's
 *   hold       called when the export must not be freed until release is called, because spans are
 *              left after span_export_leave. Returns false when that is not possible
 *   release    called once after each hold that has returned true
 *   cookie     for both
 */
struct span_export_parts {
    const struct tracing_settings *settings;
    struct endpoints *endpoints;
    bool (*hold)(void *cookie);
    void (*release)(void *cookie);
    void *cookie;
};

struct span_export *span_export_new(const struct span_export_parts *parts);

/* Adds ${span} to the queue, or drops it. */
void span_export_add(struct span_export *export, const struct span *span, int64_t offset_ns);

/* The configuration is not the current one any more: what is left is sent at once, and once only.
 */
void span_export_leave(struct span_export *export);

/* The same, because the worker ends. Returns true when nothing is left, or when the first such call
 * was SPAN_EXPORT_FLUSH_MS ago. To be called again until then. */
#define SPAN_EXPORT_FLUSH_MS 1000
bool span_export_flush(struct span_export *export);

/* Ends the call that is under way, and drops what is left. Calls ${release} if it must. Idempotent;
 * from now on, all spans are dropped. */
void span_export_stop(struct span_export *export);

/* It must have been stopped. NULL: does nothing. */
void span_export_free(struct span_export *export);

#endif
