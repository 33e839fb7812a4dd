/*
 * The body of a client's request while it arrives. libh2o does not see the body: libh2o gets the
 * head as if the request had no body (head_hooks.h). So it calls our handler as soon as it has read
 * the head. Then body_http1.c or body_http2.c reads the body.
 *
 * A body is collected as a whole, or streamed, or discarded. It is in the request's pool and ends
 * with the request.
 */
#ifndef BFF_HTTP_BODY_H
#define BFF_HTTP_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <h2o.h>

#include "bff/base/text.h"
#include "bff/http/client.h"

#define BODY_NO_LENGTH SIZE_MAX /* the head does not say how long the body is */

/* How the reading of a body ends. */
enum body_end {
    BODY_WHOLE,     /* the whole body has arrived */
    BODY_TOO_LARGE, /* the body is larger than the limit */
    BODY_BROKEN,    /* its chunks are invalid (RFC 9112 section 7.1) */
    BODY_LEFT,      /* the client has left before the end of the body */
};

struct body;

/* The functions of the protocol (HTTP/1.1 or HTTP/2). read begins to read from the client, and stop
 * ends the reading. drop frees the bytes that have come; NULL: they stay. All are idempotent. The
 * functions piece, use, wait and pause are for a body that is streamed: they do what body_piece,
 * body_use and body_wait say; pause ends a wait, and the deadline stays. */
struct body_source {
    void (*read)(struct body *body);
    void (*stop)(struct body *body);
    struct text (*piece)(struct body *body);
    void (*use)(struct body *body);
    void (*wait)(struct body *body);
    void (*pause)(struct body *body); /* NULL: nothing to do */
    void (*drop)(struct body *body);  /* frees what has come, and drops what will; NULL: cannot */
    h2o_buffer_t *(*keep)(struct body *body);
};

struct body {
    h2o_linklist_t link; /* in client->bodies */
    struct client *client;
    h2o_req_t *h2o;
    const struct body_source *source;
    size_t length; /* the length that the head announces, or BODY_NO_LENGTH */
    size_t len;    /* number of bytes that have arrived */
    size_t limit;  /* the most bytes that are collected */
    bool is_over;  /* no more bytes will arrive; ${end} says why */
    bool is_read;  /* a caller waits for the body; client->reading counts it */
    bool is_discarded;
    bool is_streamed;
    bool has_rest;   /* HTTP/1.1: it was too large before its end; the rest can be discarded */
    bool is_awaited; /* HTTP/1.1: the client may wait for 100 Continue before it sends it */
    enum body_end end;
    void (*done)(void *cookie, enum body_end end);
    void (*arrived)(void *cookie); /* of a body that is streamed */
    void *cookie;
    size_t paced;       /* ${len} when the deadline of a streamed body was set */
    bool was_unwanted;  /* since then the client had to wait for us */
    int64_t arrived_ns; /* when bytes of a streamed body arrived last */
};

/* Returns the body of ${h2o}, or NULL if it has no body. Our handler must have been called for
 * ${h2o}. */
struct body *body_of(h2o_req_t *h2o);

/*
 * Reads the whole body, up to ${limit} bytes. ${done} is called once, from the loop, never from
 * inside this function. If it is called with BODY_WHOLE, request_body returns the bytes. To be
 * called only when the body is not over and nothing reads it yet.
 */
void body_read(struct body *body, size_t limit, void (*done)(void *cookie, enum body_end end),
               void *cookie);

/*
 * Streams the body, up to ${limit} bytes: its user gets it piece by piece, and the client is slowed
 * down when the user is slow. No more than about BODY_PIECE_BYTES wait in this server (HTTP/2: one
 * window of the stream). ${arrived} is called from the loop, never from inside a function of this
 * file, after body_wait: when bytes have come, or the body is over. When the body is over, the user
 * reads body->end. With BODY_WHOLE, body_piece may still have the last bytes. After another end the
 * bytes that have come are of no use. To be called under the same conditions as body_read. It may
 * be called again for a body that is streamed: then ${arrived} and ${cookie} replace the others.
 */
void body_stream(struct body *body, size_t limit, void (*arrived)(void *cookie), void *cookie);

#define BODY_PIECE_BYTES ((size_t)64 * 1024)

/* Returns the bytes that have come and have not been used. They are valid until body_use, or until
 * the body is stopped. Empty: there are none now. */
struct text body_piece(struct body *body);

/* The bytes of the last body_piece are not needed any more. */
void body_use(struct body *body);

/* Waits for more bytes. To be called when body_piece has returned none and the body is not over.
 * Idempotent. The first wait answers Expect: 100-continue. */
void body_wait(struct body *body);

/* True while bytes are read from the client of a body that is not over. */
static inline bool body_is_read(const struct body *body) { return body != NULL && body->is_read; }

/* Does the same as body_read, but drops all bytes, also those that have arrived already. If
 * has_rest is true, this function may also be called for a body that is over. */
void body_discard(struct body *body, size_t limit, void (*done)(void *cookie, enum body_end end),
                  void *cookie);

/* Frees the bytes of a body that nobody needs any more; later bytes are not kept. With HTTP/1.1
 * this does nothing. Does nothing for NULL. */
void body_drop(struct body *body);

/* Nobody needs the body any more: body_stop, then body_drop. Does nothing for NULL. */
void body_forget(struct body *body);

/* Returns the buffer with the bytes of a body that is whole, which are its request's entity. The
 * buffer belongs to the caller. To be called when the request ends. NULL: there are no bytes. */
h2o_buffer_t *body_keep(struct body *body);

/* Ends the wait for the body without a call of ${done}. Idempotent. Does nothing for NULL. */
void body_stop(struct body *body);

/* For the code of the protocol: makes ${body}, which is all zero, the body of ${h2o}. */
void body_begin(struct body *body, h2o_req_t *h2o, const struct body_source *source, size_t length);

/* For the code of the protocol, with a body that is streamed: bytes have arrived. The wait is over.
 * When this function returns, the body may already have been freed. */
void body_arrive(struct body *body);

/*
 * For the code of the protocol: the deadline of the body has passed. Returns true when the body has
 * more time, because it is streamed, and since the last deadline either the client had to wait for
 * us, or enough bytes have come (limits.min_rate).
 */
bool body_keeps_pace(struct body *body);

/* For the code of the protocol: reports that no more bytes will arrive. When this function returns,
 * the body may already have been freed. */
void body_finish(struct body *body, enum body_end end);

/* For the code of the protocol: to be called when the request ends. */
void body_dispose(struct body *body);

#endif
