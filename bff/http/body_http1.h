/*
 * The body of an HTTP/1.1 request, with a Content-Length or chunked. While the body arrives, the
 * input buffer of the socket has only bytes after the head. The buffer with the head is kept until
 * the request ends, because libh2o's request points into that buffer.
 */
#ifndef BFF_HTTP_BODY_HTTP1_H
#define BFF_HTTP_BODY_HTTP1_H

#include "bff/http/body.h"

/* The data of a head that describe its body. */
struct body_http1_head {
    h2o_req_t *h2o; /* NULL: there is no body */
    size_t bytes;   /* length of the head itself */
    size_t length;  /* Content-Length; BODY_NO_LENGTH: the body is chunked */
    bool expects;   /* the head has Expect: 100-continue */
};

/* Makes the body of head->h2o. Also uses the bytes that have arrived together with the head; they
 * may be the whole body. */
void body_http1_begin(const struct body_http1_head *head);

/* Returns bytes that begin with the head of the request with ${body}. Other bytes may follow the
 * head. */
struct text body_http1_head_bytes(const struct body *body);

#endif
