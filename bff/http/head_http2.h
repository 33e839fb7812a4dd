/*
 * The head of an HTTP/2 request, field by field. libh2o decodes the fields; this file gives them to
 * it one at a time, and decides what is kept of them:
 * - The pieces of Cookie become one field (cookie.h).
 * - Without :authority, Host takes its place (RFC 9113 section 8.3.1). libh2o drops Host.
 * - A head that is over the limits of fields or bytes is dropped as it comes. All of it is decoded,
 *   because the connection's compression must stay in step, but none of it costs memory.
 */
#ifndef BFF_HTTP_HEAD_HTTP2_H
#define BFF_HTTP_HEAD_HTTP2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <h2o.h>

#include <h2o/http2.h>
#include <h2o/http2_internal.h>

/* libh2o's function for a block of header fields. */
typedef int (*head_http2_parse)(h2o_req_t *h2o, h2o_hpack_header_table_t *table,
                                const uint8_t *bytes, size_t size, int *map, size_t *content_length,
                                h2o_cache_digests_t **digests, const char **error);

/* The arguments of that function: the block ${bytes} is the head of ${h2o}. */
struct head_http2_block {
    h2o_req_t *h2o;
    h2o_hpack_header_table_t *table;
    const uint8_t *bytes;
    size_t size;
    int *map;
    size_t *content_length;
    const char **error;
};

/* Reads ${block} as ${parse} does. Returns what that returns: 0, or libh2o's code of an error. */
int head_http2_read(const struct head_http2_block *block, head_http2_parse parse);

/* Why a head was dropped. */
enum head_http2_over {
    HEAD_HTTP2_WHOLE,  /* it was not */
    HEAD_HTTP2_FIELDS, /* limits.header_fields or limits.header_bytes */
    HEAD_HTTP2_TARGET, /* limits.target_bytes */
};

/* Of a dropped head, these remain: the method, the beginning of the path, and the fields that its
 * refusal needs. */
enum head_http2_over head_http2_over(const h2o_req_t *h2o);

#endif
