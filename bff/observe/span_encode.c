/* See span_encode.h. The names of the fields are those of OTLP's proto files. */
#include "bff/base/traceparent.h"
#include "bff/observe/protobuf.h"
#include "bff/observe/span_encode.h"

/* ExportTraceServiceRequest, ResourceSpans, ScopeSpans, InstrumentationScope */
#define REQUEST_RESOURCE_SPANS 1
#define RESOURCE_SPANS_RESOURCE 1
#define RESOURCE_SPANS_SCOPE_SPANS 2
#define SCOPE_SPANS_SCOPE 1
#define SCOPE_SPANS_SPANS 2
#define SCOPE_NAME 1

/* Span */
#define SPAN_FIELD_TRACE_ID 1
#define SPAN_FIELD_SPAN_ID 2
#define SPAN_FIELD_PARENT_SPAN_ID 4
#define SPAN_FIELD_NAME 5
#define SPAN_FIELD_KIND 6
#define SPAN_FIELD_START 7
#define SPAN_FIELD_END 8
#define SPAN_FIELD_ATTRIBUTES 9
#define SPAN_FIELD_EVENTS 11
#define SPAN_FIELD_STATUS 15
#define SPAN_FIELD_FLAGS 16

/* Span.Event, Status */
#define EVENT_TIME 1
#define EVENT_NAME 2
#define STATUS_CODE 3
#define STATUS_CODE_ERROR 2

/* KeyValue, AnyValue */
#define KEY_VALUE_KEY 1
#define KEY_VALUE_VALUE 2
#define ANY_STRING 1
#define ANY_BOOL 2
#define ANY_INT 3

/* SpanFlags; the low byte is that of W3C */
#define FLAG_SAMPLED 0x001U
#define FLAG_HAS_IS_REMOTE 0x100U
#define FLAG_IS_REMOTE 0x200U

/* For the digits 0 to 9 and a to f, without a jump. */
static inline unsigned digit(char c) { return ((unsigned)c & 15) + ((unsigned)c >> 6) * 9; }

/* An id is bytes, and not digits. */
static void put_id(struct text_builder *out, unsigned field, struct text digits)
{
    char *at;

    protobuf_head(out, field, digits.len / 2);
    at = text_builder_room(out, digits.len / 2);
    for (size_t i = 0; i < digits.len / 2; i++)
        at[i] = (char)(digit(digits.at[2 * i]) << 4 | digit(digits.at[2 * i + 1]));
    out->len += digits.len / 2;
}

/* The lengths are known beforehand, so nothing has to be moved. */
static void put_text_attribute(struct text_builder *out, unsigned field,
                               const struct span_attribute *attribute)
{
    size_t value = protobuf_head_bytes(ANY_STRING, attribute->text.len) + attribute->text.len;
    size_t key = protobuf_head_bytes(KEY_VALUE_KEY, attribute->key.len) + attribute->key.len;

    protobuf_head(out, field, key + protobuf_head_bytes(KEY_VALUE_VALUE, value) + value);
    protobuf_bytes(out, KEY_VALUE_KEY, attribute->key);
    protobuf_head(out, KEY_VALUE_VALUE, value);
    protobuf_string(out, ANY_STRING, attribute->text);
}

static void put_attribute(struct text_builder *out, unsigned field,
                          const struct span_attribute *attribute)
{
    size_t begun = protobuf_begin(out, field);

    protobuf_bytes(out, KEY_VALUE_KEY, attribute->key);
    size_t value = protobuf_begin(out, KEY_VALUE_VALUE);
    if (attribute->type == SPAN_TRUE)
        protobuf_number(out, ANY_BOOL, 1);
    else
        protobuf_number(out, ANY_INT, (uint64_t)attribute->number);
    protobuf_end(out, value);
    protobuf_end(out, begun);
}

void span_encode_attributes(struct text_builder *out, unsigned field,
                            const struct span_attribute *attributes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (attributes[i].type == SPAN_TEXT)
            put_text_attribute(out, field, &attributes[i]);
        else
            put_attribute(out, field, &attributes[i]);
}

static void put_ids(struct text_builder *out, const struct span *span)
{
    put_id(out, SPAN_FIELD_TRACE_ID, traceparent_trace(span->traceparent));
    put_id(out, SPAN_FIELD_SPAN_ID, traceparent_span(span->traceparent));
    if (span->parent.at != NULL)
        put_id(out, SPAN_FIELD_PARENT_SPAN_ID, span->parent);
}

static void put_events(struct text_builder *out, const struct span *span, int64_t offset_ns)
{
    for (size_t i = 0; i < span->event_count; i++) {
        size_t begun = protobuf_begin(out, SPAN_FIELD_EVENTS);
        protobuf_fixed64(out, EVENT_TIME, (uint64_t)(span->events[i].at_ns + offset_ns));
        protobuf_string(out, EVENT_NAME, span->events[i].name);
        protobuf_end(out, begun);
    }
}

static void put_status(struct text_builder *out, const struct span *span)
{
    if (!span->is_failed)
        return;
    size_t begun = protobuf_begin(out, SPAN_FIELD_STATUS);
    protobuf_number(out, STATUS_CODE, STATUS_CODE_ERROR);
    protobuf_end(out, begun);
}

static uint32_t flags_of(const struct span *span)
{
    uint32_t flags = FLAG_HAS_IS_REMOTE;

    if (traceparent_is_sampled(span->traceparent))
        flags |= FLAG_SAMPLED;
    return span->is_parent_remote ? flags | FLAG_IS_REMOTE : flags;
}

void span_encode(struct text_builder *out, const struct span *span, int64_t offset_ns)
{
    size_t begun = protobuf_begin(out, SCOPE_SPANS_SPANS);

    put_ids(out, span);
    protobuf_string(out, SPAN_FIELD_NAME, span->name);
    protobuf_number(out, SPAN_FIELD_KIND, span->kind);
    protobuf_fixed64(out, SPAN_FIELD_START, (uint64_t)(span->started_ns + offset_ns));
    protobuf_fixed64(out, SPAN_FIELD_END, (uint64_t)(span->ended_ns + offset_ns));
    span_encode_attributes(out, SPAN_FIELD_ATTRIBUTES, span->attributes, span->attribute_count);
    put_events(out, span, offset_ns);
    put_status(out, span);
    protobuf_fixed32(out, SPAN_FIELD_FLAGS, flags_of(span));
    protobuf_end(out, begun);
}

void span_encode_request(struct text_builder *out, struct text resource, struct text scope,
                         struct text spans)
{
    size_t scope_bytes = protobuf_head_bytes(SCOPE_NAME, scope.len) + scope.len;
    size_t inner = protobuf_head_bytes(SCOPE_SPANS_SCOPE, scope_bytes) + scope_bytes + spans.len;
    size_t outer = protobuf_head_bytes(RESOURCE_SPANS_RESOURCE, resource.len) + resource.len +
                   protobuf_head_bytes(RESOURCE_SPANS_SCOPE_SPANS, inner) + inner;

    protobuf_head(out, REQUEST_RESOURCE_SPANS, outer);
    protobuf_bytes(out, RESOURCE_SPANS_RESOURCE, resource);
    protobuf_head(out, RESOURCE_SPANS_SCOPE_SPANS, inner);
    protobuf_head(out, SCOPE_SPANS_SCOPE, scope_bytes);
    protobuf_bytes(out, SCOPE_NAME, scope);
    text_builder_add(out, spans);
}
