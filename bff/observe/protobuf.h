/*
 * The wire format of Protocol Buffers, as far as OTLP needs it: writing messages to a text builder,
 * and reading the fields of a message. https://protobuf.dev/programming-guides/encoding
 */
#ifndef BFF_OBSERVE_PROTOBUF_H
#define BFF_OBSERVE_PROTOBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/base/text_builder.h"

/* The functions that write add one field. ${field} is its number, 1 to 15 or more. */
void protobuf_number(struct text_builder *out, unsigned field, uint64_t number);
void protobuf_fixed32(struct text_builder *out, unsigned field, uint32_t number);
void protobuf_fixed64(struct text_builder *out, unsigned field, uint64_t number);
void protobuf_bytes(struct text_builder *out, unsigned field, struct text bytes);

/* As protobuf_bytes, for a field of the type string, which must be UTF-8: if ${text} is not, each
 * of its bytes that is not ASCII becomes a question mark. */
void protobuf_string(struct text_builder *out, unsigned field, struct text text);

/* Begins a message as a field. What is added until protobuf_end, which gets the result, belongs to
 * that message. */
size_t protobuf_begin(struct text_builder *out, unsigned field);
void protobuf_end(struct text_builder *out, size_t begun);

/* Begins a field with ${len} bytes, which the caller adds. */
void protobuf_head(struct text_builder *out, unsigned field, size_t len);

/* Returns the number of bytes that protobuf_head adds. */
size_t protobuf_head_bytes(unsigned field, size_t len);

/* A field that was read. */
struct protobuf_field {
    unsigned field;
    struct text bytes; /* of a string, bytes or a message; absent for all others */
    uint64_t number;   /* of the others */
};

/* Reads the first field of ${*rest} and cuts it off. Returns false at the end, and when the bytes
 * are no message; then ${*rest} is empty or not. */
bool protobuf_next(struct text *rest, struct protobuf_field *out);

#endif
