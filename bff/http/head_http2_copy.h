/*
 * libh2o takes much more memory for a head than its fields have bytes. Over HTTP/2 one byte can
 * stand for a field, so a head of many fields is copied to one piece of memory.
 */
#ifndef BFF_HTTP_HEAD_HTTP2_COPY_H
#define BFF_HTTP_HEAD_HTTP2_COPY_H

#include <h2o.h>

/* Replaces the pool of ${h2o}, which has its head and nothing else, by a smaller one if that is
 * worth it. */
void head_http2_copy(h2o_req_t *h2o);

#endif
