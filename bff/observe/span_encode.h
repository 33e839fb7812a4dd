/*
 * Spans in the form of OTLP, opentelemetry/proto/trace/v1/trace.proto, as protobuf. The fields that
 * are not mentioned there are left out.
 */
#ifndef BFF_OBSERVE_SPAN_ENCODE_H
#define BFF_OBSERVE_SPAN_ENCODE_H

#include "bff/base/text_builder.h"
#include "bff/observe/span.h"

/* Adds ${span} to ${out}, as a field "spans" of a message ScopeSpans. The times of the span plus
 * ${offset_ns} are nanoseconds since 1970. */
void span_encode(struct text_builder *out, const struct span *span, int64_t offset_ns);

/* Adds ${count} attributes as the fields number ${field} of a message, such as "attributes" of a
 * Resource. The keys are UTF-8. */
void span_encode_attributes(struct text_builder *out, unsigned field,
                            const struct span_attribute *attributes, size_t count);

/* Adds a message ExportTraceServiceRequest with ${spans}, which span_encode has made. ${resource}
 * has the fields of a message Resource, and ${scope} is the name of this program. */
void span_encode_request(struct text_builder *out, struct text resource, struct text scope,
                         struct text spans);

#endif
