/*
 * The body of an HTTP/1.1 request: as long as its Content-Length says, or chunked. While it comes,
 * it has the buffer of the socket for itself: libh2o's request points into the buffer with the
 * head, which is put aside until the request goes.
 */
#ifndef BFF_HTTP_BODY_HTTP1_H
#define BFF_HTTP_BODY_HTTP1_H

#include "bff/http/body.h"

/* What a head says of its body. */
struct body_http1_head {
    h2o_req_t *h2o; /* NULL: there is no body */
    size_t bytes;   /* of the head itself */
    size_t length;  /* Content-Length, or BODY_NO_LENGTH: chunked */
    bool expects;   /* Expect: 100-continue */
};

/* Makes the body of head->h2o. What has come with the head is looked at: it may be the whole. */
void body_http1_begin(const struct body_http1_head *head);

/* The bytes of the head of a request with this body, and perhaps more behind it. */
struct text body_http1_head_bytes(const struct body *body);

#endif
