/*
 * Finds what libh2o hides about an HTTP/1 head. Of several Host fields, libh2o keeps the last one;
 * of several Content-Length fields, the first one. If a head has Content-Length and
 * Transfer-Encoding, libh2o keeps only Transfer-Encoding. It removes Expect if there is no body. If
 * a proxy in front of us keeps other fields, it sees other requests on this connection than we do
 * (request smuggling). So such a head is refused. To find it, this file reads the bytes of the head
 * again.
 */
#ifndef BFF_HTTP_GUARD_HEAD_H
#define BFF_HTTP_GUARD_HEAD_H

#include "bff/base/text.h"

enum guard_head {
    GUARD_HEAD_SOUND,
    GUARD_HEAD_BAD, /* Host, Content-Length or Transfer-Encoding twice; Content-Length together with
                       Transfer-Encoding; Transfer-Encoding with HTTP/1.0; a line that ends with LF
                       alone */
    GUARD_HEAD_UNMET, /* an Expect other than 100-continue */
};

/* Checks the head of an HTTP/1 request that libh2o has parsed. ${head} begins with it; other bytes
 * may follow. */
enum guard_head guard_head(struct text head, bool is_http10);

#endif
