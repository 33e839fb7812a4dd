/*
 * The body of a client's request, while it comes. libh2o does not see the body: it gets the head as
 * if the request had no body (head_hooks.h). So our handler is called when the head is known. Then
 * body_http1.c or body_http2.c reads the body.
 *
 * A body is gathered as a whole, or it is discarded. It lies in the request's pool and ends with
 * the request.
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
    BODY_WHOLE,     /* all of it has come */
    BODY_TOO_LARGE, /* more than the limit */
    BODY_BROKEN,    /* its chunks are wrong (RFC 9112 section 7.1) */
    BODY_LEFT,      /* the client has left in the middle */
};

struct body;

/* The side of the protocol. read begins to read from the client, and stop ends that. Both are
 * idempotent. */
struct body_source {
    void (*read)(struct body *body);
    void (*stop)(struct body *body);
    void (*drop)(struct body *body); /* frees what has come, and drops what will; NULL: cannot */
    h2o_buffer_t *(*keep)(struct body *body);
};

struct body {
    h2o_linklist_t link; /* in client->bodies */
    struct client *client;
    h2o_req_t *h2o;
    const struct body_source *source;
    size_t length; /* as the head says; or BODY_NO_LENGTH */
    size_t len;    /* bytes that have come */
    size_t limit;  /* more bytes are not gathered */
    bool is_over;  /* nothing more will come; end says why */
    bool is_read;  /* a caller waits for it; client->reading counts it */
    bool is_discarded;
    bool has_rest; /* HTTP/1.1: it was too large before all of it had come; that can be discarded */
    bool is_awaited; /* HTTP/1.1: its client may wait for 100 Continue before it sends it */
    enum body_end end;
    void (*done)(void *cookie, enum body_end end);
    void *cookie;
};

/* The body of ${h2o}, which has come to our handler; NULL: it has none. */
struct body *body_of(h2o_req_t *h2o);

/*
 * Reads the body as a whole, up to ${limit} bytes. ${done} is called once, from the loop, never
 * from here. With BODY_WHOLE the bytes are the request's entity. To be called only when the body is
 * not over and nothing reads it yet.
 */
void body_read(struct body *body, size_t limit, void (*done)(void *cookie, enum body_end end),
               void *cookie);

/* As body_read, but all bytes are dropped, also those that have come already. The body may be over
 * if it has a rest. */
void body_discard(struct body *body, size_t limit, void (*done)(void *cookie, enum body_end end),
                  void *cookie);

/* The request is being answered, and nobody will read its body. With HTTP/2 what has come is freed,
 * and what comes is dropped. It does nothing with HTTP/1.1, and when the body is over. NULL:
 * nothing. */
void body_drop(struct body *body);

/* The buffer with the bytes of a body that is whole, which are its request's entity. It belongs to
 * the caller. To be called when the request ends. NULL: there are no bytes. */
h2o_buffer_t *body_keep(struct body *body);

/* Ends the wait for the body, silently. Idempotent; NULL: nothing. */
void body_stop(struct body *body);

/* For the protocol's side. Begins ${body}, which is all zero, as the body of ${h2o}. */
void body_begin(struct body *body, h2o_req_t *h2o, const struct body_source *source, size_t length);

/* For the protocol's side: nothing more will come. The body may be gone afterwards. */
void body_finish(struct body *body, enum body_end end);

/* For the protocol's side: the request ends. */
void body_dispose(struct body *body);

#endif
