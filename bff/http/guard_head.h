/*
 * Finds what libh2o hides about an HTTP/1 head. libh2o keeps the last of several Host fields, the
 * first of several Content-Length fields, Transfer-Encoding when both are there, and no Expect
 * without a body. A proxy in front of us that keeps another field would see other requests on this
 * connection than we do (request smuggling). So such a head is refused. To find it, this file reads
 * the bytes of the head again.
 */
#ifndef BFF_HTTP_GUARD_HEAD_H
#define BFF_HTTP_GUARD_HEAD_H

#include "bff/base/text.h"

enum guard_head {
    GUARD_HEAD_SOUND,
    GUARD_HEAD_BAD,   /* two of Host, Content-Length or Transfer-Encoding; both of the last two;
                         Transfer-Encoding with HTTP/1.0; a line that LF alone ends */
    GUARD_HEAD_UNMET, /* Expect with anything but 100-continue */
};

/* ${head} begins with the head of a request that libh2o has parsed. Other bytes may follow it. */
enum guard_head guard_head(struct text head, bool is_http10);

#endif
