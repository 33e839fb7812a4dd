/*
 * Traces, as an observer: it makes the spans of requests and of attempts of calls, decides which of
 * them are kept, and gives them to the export. docs/tracing.md describes them.
 *
 * An attempt finds its request only by the ids in the traceparent that it has sent: the trace, and
 * the span of the request or of a part of it. So there is nothing to keep for a call that goes on
 * without its request. What sends no traceparent, such as a health check, has no span.
 *
 * A traces_worker belongs to one worker and one generation.
 */
#ifndef BFF_OBSERVE_TRACES_H
#define BFF_OBSERVE_TRACES_H

#include "bff/observe/observer.h"
#include "bff/observe/span_export.h"

struct traces_worker *traces_new(const struct span_export_parts *parts);

/* See the functions of the same names in span_export.h. All do nothing for NULL; traces_flush then
 * returns true. */
void traces_leave(struct traces_worker *traces);
bool traces_flush(struct traces_worker *traces);
void traces_stop(struct traces_worker *traces);
void traces_free(struct traces_worker *traces);

extern const struct observer traces_observer;

#endif
