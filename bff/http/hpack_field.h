/*
 * The coded form of one header field of HTTP/2 (HPACK, RFC 7541 section 6). It is not decoded here.
 * This file finds where a field ends, and recognizes the few names that head_http2.c must know
 * before libh2o decodes them.
 */
#ifndef BFF_HTTP_HPACK_FIELD_H
#define BFF_HTTP_HPACK_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <h2o.h>

#include <h2o/http2.h>
#include <h2o/http2_internal.h>

#include "bff/base/text.h"

#define HPACK_FIELD_STATIC 61 /* entries of the static table (appendix A); the others follow */

struct hpack_field {
    const uint8_t *bytes;
    size_t size;
    size_t index; /* of the name, and of an indexed value, in the tables; 0: the name is coded */
    struct text name;  /* the name as it is coded: its length first; absent with an index */
    struct text value; /* the value as it is coded; absent for an indexed value */
};

enum hpack_name { HPACK_NAME_OTHER, HPACK_NAME_COOKIE, HPACK_NAME_HOST };

/*
 * The first field in the ${size} > 0 bytes at ${bytes}. Changes of the table's size before it
 * (section 6.3) are part of it, because libh2o decodes them together. When the bytes are no field,
 * all of them are returned: libh2o refuses them.
 */
struct hpack_field hpack_field_first(const uint8_t *bytes, size_t size);

/* The name of ${field}. To be called before libh2o has decoded it, as that changes ${table}. */
enum hpack_name hpack_field_name(const struct hpack_field *field, h2o_hpack_header_table_t *table);

#endif
