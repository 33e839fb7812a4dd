/*
 * One HTTP/1.1 request and its response on one connection (RFC 9112), as a machine that is fed
 * bytes: it does no I/O. It is strict where framing is at stake: what two readers could read
 * differently is refused, not repaired.
 */
#ifndef BFF_UPSTREAM_EXCHANGE_H
#define BFF_UPSTREAM_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/base/text.h"

#define EXCHANGE_HEAD_MAX (64 * 1024) /* bytes of one response head */
#define EXCHANGE_FIELDS_MAX 100       /* fields in it */

struct exchange_field {
    struct text name, value;
};

/* A final response's head; valid during the sink's call only. */
struct exchange_head {
    int status;
    struct exchange_field *fields;
    size_t field_count;
    bool has_length;
    uint64_t length; /* of the body, when has_length; 0 for 204, 304 and HEAD */
    bool is_coded;   /* Content-Encoding other than identity */
};

/* Where a response goes. A callback that returns -1 gives the exchange up: end follows with the
 * reason that it stored in ${*why}. */
struct exchange_sink {
    int (*head)(void *cookie, const struct exchange_head *head, enum reason *why);
    int (*body)(void *cookie, const char *bytes, size_t len, enum reason *why);
    void (*end)(void *cookie, enum reason reason); /* REASON_NONE: complete */
};

#endif
