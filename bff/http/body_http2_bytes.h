/* The bytes of a body over HTTP/2 that have arrived: those that wait for the user of the body, and
 * those that a streamed body has lent to its user. For body_http2.c only. */
#ifndef BFF_HTTP_BODY_HTTP2_BYTES_H
#define BFF_HTTP_BODY_HTTP2_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include <h2o.h>

#include "bff/base/text.h"

/* All zero at first. */
struct body_http2_bytes {
    h2o_buffer_t *waiting; /* NULL: none */
    h2o_buffer_t *lent;    /* NULL: none */
};

/* Adds a copy of ${size} bytes to those that wait. */
void body_http2_bytes_add(struct body_http2_bytes *all, const uint8_t *bytes, size_t size);

/* Returns the bytes that wait, which stay there; base is NULL when there are none. */
h2o_iovec_t body_http2_bytes_waiting(const struct body_http2_bytes *all);

/* Lends the bytes that wait, unless some are lent already. Returns what is lent; absent: nothing.
 */
struct text body_http2_bytes_lend(struct body_http2_bytes *all);

/* Returns the bytes that wait, which the caller owns from now on; NULL: none. */
h2o_buffer_t *body_http2_bytes_take(struct body_http2_bytes *all);

/* Free the bytes: those that wait, those that are lent, or both. */
void body_http2_bytes_drop_waiting(struct body_http2_bytes *all);
void body_http2_bytes_drop_lent(struct body_http2_bytes *all);
void body_http2_bytes_drop(struct body_http2_bytes *all);

#endif
