/*
 * The body of an HTTP/1.1 request, with a Content-Length or chunked. While the body comes, it alone
 * uses the buffer of the socket. The buffer with the head is put aside until the request ends,
 * because libh2o's request points into it.
 */
#ifndef BFF_HTTP_BODY_HTTP1_H
#define BFF_HTTP_BODY_HTTP1_H

#include "bff/http/body.h"

/* What a head says about its body. */
struct body_http1_head {
    h2o_req_t *h2o; /* NULL: there is no body */
    size_t bytes;   /* of the head itself */
    size_t length;  /* Content-Length, or BODY_NO_LENGTH: chunked */
    bool expects;   /* Expect: 100-continue */
};

/* Makes the body of head->h2o. Takes the bytes that have come with the head: they may be the whole
 * body. */
void body_http1_begin(const struct body_http1_head *head);

/* The bytes of the head of a request with this body. Other bytes may follow the head. */
struct text body_http1_head_bytes(const struct body *body);

#endif
