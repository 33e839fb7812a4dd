/* See protobuf.h. */
#include "bff/observe/protobuf.h"

#define VARINT_BYTES ((size_t)10)
#define FIELD_MAX 536870911 /* 2^29 - 1 */

enum wire {
    WIRE_VARINT = 0,
    WIRE_64 = 1,
    WIRE_BYTES = 2,
    WIRE_32 = 5,
};

static inline size_t varint_bytes(uint64_t number)
{
    size_t bytes = 1;

    while (number >>= 7)
        bytes++;
    return bytes;
}

static inline size_t write_varint(char *at, uint64_t number)
{
    size_t len = 0;

    for (; number >= 0x80; number >>= 7)
        at[len++] = (char)(number | 0x80);
    at[len++] = (char)number;
    return len;
}

static inline void put_varint(struct text_builder *out, uint64_t number)
{
    out->len += write_varint(text_builder_room(out, VARINT_BYTES), number);
}

static void put_tag(struct text_builder *out, unsigned field, enum wire wire)
{
    put_varint(out, (uint64_t)field << 3 | wire);
}

static void put_fixed(struct text_builder *out, uint64_t number, size_t bytes)
{
    char *at = text_builder_room(out, bytes);

    for (size_t i = 0; i < bytes; i++)
        at[i] = (char)(number >> 8 * i);
    out->len += bytes;
}

void protobuf_number(struct text_builder *out, unsigned field, uint64_t number)
{
    put_tag(out, field, WIRE_VARINT);
    put_varint(out, number);
}

void protobuf_fixed32(struct text_builder *out, unsigned field, uint32_t number)
{
    put_tag(out, field, WIRE_32);
    put_fixed(out, number, 4);
}

void protobuf_fixed64(struct text_builder *out, unsigned field, uint64_t number)
{
    put_tag(out, field, WIRE_64);
    put_fixed(out, number, 8);
}

void protobuf_head(struct text_builder *out, unsigned field, size_t len)
{
    char *at = text_builder_room(out, 2 * VARINT_BYTES);
    size_t tag = write_varint(at, (uint64_t)field << 3 | WIRE_BYTES);

    out->len += tag + write_varint(at + tag, len);
}

size_t protobuf_head_bytes(unsigned field, size_t len)
{
    return varint_bytes((uint64_t)field << 3) + varint_bytes(len);
}

void protobuf_bytes(struct text_builder *out, unsigned field, struct text bytes)
{
    protobuf_head(out, field, bytes.len);
    text_builder_add(out, bytes);
}

void protobuf_string(struct text_builder *out, unsigned field, struct text text)
{
    size_t begin;

    protobuf_bytes(out, field, text);
    if (text_is_utf8(text))
        return;
    begin = out->len - text.len;
    for (size_t i = begin; i < out->len; i++)
        if ((unsigned char)out->at[i] >= 0x80)
            out->at[i] = '?';
}

/* Most messages are shorter than 128 bytes, so there is room for a length of one byte. The bytes of
 * a longer one are moved. */
size_t protobuf_begin(struct text_builder *out, unsigned field)
{
    protobuf_head(out, field, 0);
    return out->len;
}

void protobuf_end(struct text_builder *out, size_t begun)
{
    size_t len = out->len - begun, more = varint_bytes(len) - 1;

    if (more == 0) {
        out->at[begun - 1] = (char)len;
        return;
    }
    text_builder_room(out, more);
    memmove(out->at + begun + more, out->at + begun, len);
    write_varint(out->at + begun - 1, len);
    out->len += more;
}

/* Reading. */

static bool take_varint(struct text *rest, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < VARINT_BYTES && i < rest->len; i++) {
        unsigned char byte = (unsigned char)rest->at[i];
        *number |= (uint64_t)(byte & 0x7f) << 7 * i;
        if (byte < 0x80) {
            *rest = (struct text){rest->at + i + 1, rest->len - i - 1};
            return true;
        }
    }
    return false;
}

static bool take_bytes(struct text *rest, uint64_t len, struct text *out)
{
    if (len > rest->len)
        return false;
    *out = (struct text){rest->at, (size_t)len};
    *rest = (struct text){rest->at + len, rest->len - (size_t)len};
    return true;
}

static bool take_fixed(struct text *rest, size_t bytes, uint64_t *number)
{
    struct text raw;

    *number = 0;
    if (!take_bytes(rest, bytes, &raw))
        return false;
    for (size_t i = 0; i < bytes; i++)
        *number |= (uint64_t)(unsigned char)raw.at[i] << 8 * i;
    return true;
}

bool protobuf_next(struct text *rest, struct protobuf_field *out)
{
    uint64_t tag, len;

    *out = (struct protobuf_field){0};
    if (!take_varint(rest, &tag) || tag >> 3 == 0 || tag >> 3 > FIELD_MAX)
        return false;
    out->field = (unsigned)(tag >> 3);
    switch (tag & 7) {
    case WIRE_VARINT:
        return take_varint(rest, &out->number);
    case WIRE_64:
        return take_fixed(rest, 8, &out->number);
    case WIRE_32:
        return take_fixed(rest, 4, &out->number);
    case WIRE_BYTES:
        return take_varint(rest, &len) && take_bytes(rest, len, &out->bytes);
    default:
        return false;
    }
}
