/* See hpack_field.h. */
#include "bff/http/hpack_field.h"

#define STATIC_COOKIE 32 /* RFC 7541 appendix A */
#define STATIC_HOST 38
#define MORE_OCTETS 4 /* libh2o takes no longer number */

struct reader {
    const uint8_t *at, *end;
    bool is_broken;
};

/* A number in the last ${bits} bits of a byte and in the bytes behind it (section 5.1). */
static size_t take_number(struct reader *reader, unsigned bits)
{
    size_t most = ((size_t)1 << bits) - 1, number;
    unsigned shift = 0;

    if (reader->at == reader->end) {
        reader->is_broken = true;
        return 0;
    }
    number = *reader->at++ & most;
    if (number < most)
        return number;
    for (unsigned i = 0; i < MORE_OCTETS && reader->at < reader->end; i++, shift += 7) {
        uint8_t octet = *reader->at++;
        number += (size_t)(octet & 0x7f) << shift;
        if ((octet & 0x80) == 0)
            return number;
    }
    reader->is_broken = true;
    return 0;
}

/* A length, and as many bytes (section 5.2). */
static struct text take_string(struct reader *reader)
{
    const uint8_t *from = reader->at;
    size_t len = take_number(reader, 7);

    if (reader->is_broken || len > (size_t)(reader->end - reader->at)) {
        reader->is_broken = true;
        return (struct text){0};
    }
    reader->at += len;
    return (struct text){(const char *)from, (size_t)(reader->at - from)};
}

static bool is_size_update(const struct reader *reader)
{
    return reader->at < reader->end && (*reader->at & 0xe0) == 0x20;
}

static void take_field(struct reader *reader, struct hpack_field *out)
{
    bool is_indexed, is_added;

    while (is_size_update(reader))
        take_number(reader, 5);
    if (reader->at == reader->end) {
        reader->is_broken = true;
        return;
    }
    is_indexed = (*reader->at & 0x80) != 0;
    is_added = (*reader->at & 0x40) != 0;
    out->index = take_number(reader, is_indexed ? 7 : is_added ? 6 : 4);
    if (is_indexed)
        return;
    if (out->index == 0)
        out->name = take_string(reader);
    out->value = take_string(reader);
}

struct hpack_field hpack_field_first(const uint8_t *bytes, size_t size)
{
    struct reader reader = {.at = bytes, .end = bytes + size};
    struct hpack_field field = {.bytes = bytes};

    take_field(&reader, &field);
    if (reader.is_broken)
        return (struct hpack_field){.bytes = bytes, .size = size};
    field.size = (size_t)(reader.at - bytes);
    return field;
}

/* Each name has two codings: its bytes, and those of Huffman's code (section 5.2). */
static enum hpack_name name_of_code(struct text code)
{
    static const struct {
        struct text code;
        enum hpack_name name;
    } codes[] = {
        {{"\x06"
          "cookie",
          7},
         HPACK_NAME_COOKIE},
        {{"\x84\x21\xcf\xd4\xc5", 5}, HPACK_NAME_COOKIE},
        {{"\x04"
          "host",
          5},
         HPACK_NAME_HOST},
        {{"\x83\x9c\xe8\x4f", 4}, HPACK_NAME_HOST},
    };

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (text_equal(code, codes[i].code))
            return codes[i].name;
    return HPACK_NAME_OTHER;
}

enum hpack_name hpack_field_name(const struct hpack_field *field, h2o_hpack_header_table_t *table)
{
    size_t dynamic = field->index - HPACK_FIELD_STATIC - 1;

    if (field->index == 0)
        return name_of_code(field->name);
    if (field->index == STATIC_COOKIE)
        return HPACK_NAME_COOKIE;
    if (field->index == STATIC_HOST)
        return HPACK_NAME_HOST;
    if (field->index <= HPACK_FIELD_STATIC || dynamic >= table->num_entries)
        return HPACK_NAME_OTHER;
    const h2o_iovec_t *name = h2o_hpack_header_table_get(table, dynamic)->name;
    if (name == &H2O_TOKEN_COOKIE->buf)
        return HPACK_NAME_COOKIE;
    return name == &H2O_TOKEN_HOST->buf ? HPACK_NAME_HOST : HPACK_NAME_OTHER;
}
