/*
 * A request of a client, for all other code. It is allocated in the pool of libh2o's request, and
 * is freed with that pool, however the request ends. So what belongs to the request belongs to that
 * pool too.
 *
 * Only bff/http uses ${h2o}. All others use the functions below, reply.h and reply_stream.h.
 */
#ifndef BFF_HTTP_REQUEST_H
#define BFF_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include <h2o.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/http/client.h"
#include "bff/http/watch.h"
#include "bff/http/worker.h"

struct body;
struct part_report;
struct reply_field;
struct reply_filter;
struct request_peer;

/* What is known about the answer before it leaves. Private to reply*.c. */
struct request_answer {
    struct reply_field *fields; /* collected by reply_add_field */
    size_t field_count, field_capacity;
    struct reply_filter *filters; /* the first; NULL: none */
    struct watch watch;           /* on the client, while the answer is worked on */
    void (*gone)(void *cookie);   /* the argument of reply_wait_begin */
    void *cookie;
    uint32_t half_closed_ms; /* the argument of reply_wait_begin */
    bool has_begun;          /* it is streamed, and libh2o has its head */
};

struct request {
    h2o_req_t *h2o;
    struct worker *worker;
    struct worker_settings *settings; /* those that it began with */
    struct client *client;
    struct pool *pool;
    struct body *body; /* NULL: it has none; body.h */
    struct text method;
    struct text path;        /* as the client wrote it, without query: "/api/products/a%20b" */
    struct text query;       /* after the '?'; absent without one */
    struct text host;        /* host[:port] that was asked for; absent only with HTTP/1.0 */
    struct text id;          /* X-Request-Id: the client's, or a new one */
    struct text traceparent; /* a span of this server, in the client's trace or in a new one */
    struct text user;        /* the id of the user who asks; absent: none is known */
    const struct request_peer *peer; /* NULL until peer_of is called: see bff/edge/peer.h */
    struct request_answer answer;
    h2o_timeout_entry_t start;
    bool is_sending; /* bytes of its answer are on their way: see slow_client.h */

    /* for the readers of bff/observe */
    int64_t began_ns; /* when its head had been read; or its body, if that came later */
    const struct part_report *parts; /* of a composite's answer; NULL: it has none. They lie in the
                                        pool itself, so they are valid until the request has gone */
    size_t part_count;
};

/* A header field, as the client sent it; HTTP/1 names may have capital letters only where libh2o
 * does not know them. */
struct request_field {
    struct text name, value;
};

/* Makes the request; it ends with ${h2o_req}. */
struct request *request_new(h2o_req_t *h2o_req, struct worker *worker);

/* The version of HTTP: 0x100, 0x101, 0x200. */
static inline int request_version(const struct request *request) { return request->h2o->version; }

static inline bool request_is_http2(const struct request *request)
{
    return request_version(request) >= 0x200;
}

/* The body, as a whole, when it has come (body.h). */
static inline struct text request_body(const struct request *request)
{
    return (struct text){request->h2o->entity.base, request->h2o->entity.len};
}

/* The status of the answer, when the request is over; 0: no answer had begun. */
static inline int request_status(const struct request *request) { return request->h2o->res.status; }

/* How many bytes of the answer's body were sent, when the request is over. */
static inline size_t request_bytes_sent(const struct request *request)
{
    return request->h2o->bytes_sent;
}

/* The Host field, or :authority; absent when there is none, even if the target has a host. */
struct text request_host_field(const struct request *request);

/* All header fields in their order, without Host, Content-Length, Transfer-Encoding, and Upgrade on
 * HTTP/1: libh2o takes those out. */
static inline size_t request_field_count(const struct request *request)
{
    return request->h2o->headers.size;
}

static inline struct request_field request_field(const struct request *request, size_t i)
{
    const h2o_header_t *field = &request->h2o->headers.entries[i];

    return (struct request_field){{field->name->base, field->name->len},
                                  {field->value.base, field->value.len}};
}

/* The value of the first field ${name} (lower case); absent when there is none. */
struct text request_header(const struct request *request, const char *name);

/* The values of the first ${most} fields ${name} (lower case), untrimmed. Returns how many. */
size_t request_values(const struct request *request, const char *name, struct text *values,
                      size_t most);

/* The values of all fields ${name} (lower case) as one list, "a, b" (RFC 9110 section 5.3); absent
 * when there is none. */
struct text request_list(const struct request *request, const char *name);

/* True when an HTTP/1 connection may go on after the answer to ${request} (RFC 9112 section 9.3):
 * with HTTP/1.1 unless a Connection field says close, with HTTP/1.0 only when one says keep-alive.
 */
bool request_keeps_connection(const struct request *request);

/* The address that the connection comes from; returns its length, 0 when it has gone already. */
socklen_t request_peername(const struct request *request, struct sockaddr_storage *out);

/* Bytes of the answer are on their way to the client. From now on the client must take them
 * (slow_client.h). */
void request_sending(struct request *request);

/* The bytes have been sent, and no others are on their way until the next request_sending. To be
 * called when libh2o asks for more of a streamed answer. A whole answer does not need it, because
 * the request ends with the answer. */
void request_sent(struct request *request);

#endif
