/*
 * A request of a client, for all other code. It is allocated in the pool of libh2o's request, and
 * is freed with that pool, no matter how the request ends. So all memory that belongs to the
 * request must be in that pool, too.
 *
 * Only bff/http uses ${h2o}. All other code uses the functions below, reply.h and reply_stream.h.
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

struct answer_report;
struct body;
struct call_record;
struct part_report;
struct reply_field;
struct reply_filter;
struct request;
struct request_peer;
struct route_report;
struct value;

/* The state of the answer before it is sent. Private to reply*.c. */
struct request_answer {
    struct reply_field *fields; /* collected by reply_add_field */
    size_t field_count, field_capacity;
    struct reply_filter *filters; /* the first filter; NULL: none */
    struct watch watch;           /* watches the client while the answer is not complete */
    void (*gone)(void *cookie);   /* the argument of reply_wait_begin */
    void *cookie;
    uint32_t half_closed_ms; /* the argument of reply_wait_begin */
    struct text rest;        /* of its body; libh2o does not have it yet: see untaken.h */
    bool has_begun;          /* the answer is streamed, and libh2o has its head */
    bool is_broken;          /* a filter has refused it: see reply_filter_break */
    bool is_shared;          /* other answers send the same bytes of a body: see untaken.h */
};

/*
 * An answer to the request that a step has stored earlier and that may be too old. It is used when
 * the service cannot be asked because its circuit breaker is open. ${answer} sends it and returns
 * true; or it returns false, and the request gets 503.
 */
struct request_stored {
    bool (*answer)(struct request_stored *stored, struct request *request);
};

/*
 * Copies for the recorder, which takes them over when the request is over. NULL: none.
 *
 *   answer  the body of its answer as its source has sent it, before compression and before what a
 *           plain route changes in it; at most REQUEST_KEPT_BYTES
 *   is_cut  the answer was longer, and is not kept
 *   body    its own body, when it was read as JSON
 */
struct request_kept {
    struct value *answer;
    bool is_cut;
    struct value *body;
};

#define REQUEST_KEPT_BYTES ((size_t)64 * 1024)

struct request {
    h2o_req_t *h2o;
    struct worker *worker;
    struct worker_settings *settings; /* the current settings when the request began */
    struct client *client;
    struct pool *pool; /* over HTTP/2 it may be freed before the request: see untaken.h */
    struct body *body; /* NULL: the request has no body; see body.h */
    struct text method;
    struct text path;        /* as the client wrote it, without query: "/api/products/a%20b" */
    struct text query;       /* after the '?'; absent without one */
    struct text host;        /* host[:port] of the requested URL; absent only with HTTP/1.0 */
    struct text id;          /* X-Request-Id: the client's, or a new one */
    struct text traceparent; /* a span of this server, in the client's trace or in a new one */
    struct text parent;  /* the id of the client's span in traceparent; absent: the request begins
                            its trace */
    bool is_traced;      /* its spans may be exported: see tracing_settings.h */
    struct text user;    /* the id of the user who sends the request; absent: not known */
    struct text api_key; /* the name of the API key, never the key; absent: none */
    const struct request_peer *peer; /* NULL until peer_find is called: see bff/edge/peer.h */
    struct request_stored *stored;   /* set by a step; NULL: there is none */
    struct request_answer answer;
    h2o_timeout_entry_t next_step; /* to begin in the next step of the loop; then for untaken.c */
    bool is_answered;              /* the answer is complete: see untaken.h */
    bool is_sending;               /* bytes of its answer are being sent: see slow_client.h */
    h2o_linklist_t sending;        /* in client->answers, while ${is_sending} */
    size_t counted_bytes;          /* bytes of its body that client->sent_bytes contains */

    /* For the readers of bff/observe. What they read must outlive the pool: see untaken.c. */
    int64_t began_ns; /* when the head was read; or the body, if the request waited for it */
    int64_t head_ns;  /* when the head was read */
    int64_t ended_ns; /* when its answer was sent, if the request goes on after that; else 0 */
    const struct part_report *parts; /* of a composite's answer; NULL: not a composite. They are in
                                        the pool, so they are valid until the request is freed */
    size_t part_count;
    const struct answer_report *made; /* the answer of a composite, in the pool as ${parts}; NULL:
                                         none was made for the client */
    struct text pattern; /* of its path: "/api/dashboard/:userId", "/api/users/", "/health"; absent:
                            nothing answers the path, or not with its method. It lives as long as
                            ${settings} */
    size_t pattern_number;             /* see bff/app/patterns.h; 0: absent */
    struct text route;                 /* the path of the plain route; absent: none was found */
    const struct route_report *passed; /* what became of it there; NULL: it was not passed on */
    struct text agent; /* see request_agent; only set when the head has been forgotten */
    struct text limit; /* the name of the rate limit that refuses it, or would without dry_run;
                          absent: none */
    const char *idempotency; /* what became of its Idempotency-Key, a word for the log; NULL: it has
                                none that counts */
    const char *authorizer;  /* what the authorizer has said, a word for the log; NULL: it was not
                                asked */
    bool is_recorded;        /* the recorder keeps it (bff/record): the next members are for it */
    struct call_record *calls; /* what it has asked services; their values are held. NULL: nothing.
                                  The memory is as that of ${parts} */
    size_t call_count;
    struct request_kept kept;
    const char
        *login_fault; /* why its token is not good, a word for the log; NULL: no such token */
};

#define REQUEST_AGENT_BYTES ((size_t)256)

/* A header field, as the client sent it, without white space around its value. With HTTP/1, a name
 * may have capital letters, but only if libh2o does not know the name. */
struct request_field {
    struct text name, value;
};

/* Makes the request. It is freed with ${h2o_req}. */
struct request *request_new(h2o_req_t *h2o_req, struct worker *worker);

/* Returns the value of the User-Agent field, at most ${REQUEST_AGENT_BYTES} of it; absent: there is
 * none. It is there as long as the request. */
struct text request_agent(const struct request *request);

/* Returns the version of HTTP: 0x100, 0x101 or 0x200. */
static inline int request_version(const struct request *request) { return request->h2o->version; }

static inline bool request_is_http2(const struct request *request)
{
    return request_version(request) >= 0x200;
}

/* Returns the whole body, after it has been read with BODY_WHOLE (body.h). */
static inline struct text request_body(const struct request *request)
{
    return (struct text){request->h2o->entity.base, request->h2o->entity.len};
}

/* Returns the status of the answer when the request is over; 0 if no answer had begun. */
static inline int request_status(const struct request *request) { return request->h2o->res.status; }

/* Returns the number of bytes of the answer's body that were sent, when the request is over. */
static inline size_t request_bytes_sent(const struct request *request)
{
    return request->h2o->bytes_sent;
}

/* Returns the value of the Host field, or of :authority with HTTP/2. It is absent if there is none,
 * even if the target has a host. */
struct text request_host_field(const struct request *request);

/* The next functions return all header fields in their order, but without Host, Content-Length,
 * Transfer-Encoding, and, with HTTP/1, Upgrade: libh2o removes these fields. */
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

/* Returns the value of the first field ${name} (lower case); absent if there is none. */
struct text request_header(const struct request *request, const char *name);

/* Writes the values of the first ${most} fields ${name} (lower case) to ${values}. Returns the
 * number of values. */
size_t request_values(const struct request *request, const char *name, struct text *values,
                      size_t most);

/* Returns the values of all fields ${name} (lower case) as one list, "a, b" (RFC 9110 section 5.3);
 * absent if there is none. */
struct text request_list(const struct request *request, const char *name);

/* True when an HTTP/1 connection may go on after the answer to ${request} (RFC 9112 section 9.3):
 * with HTTP/1.1 unless a Connection field says close, with HTTP/1.0 only when one says keep-alive.
 */
bool request_keeps_connection(const struct request *request);

/* To be called when bytes of the answer are being sent. From now on slow_client.c checks that the
 * client takes them. */
void request_sending(struct request *request);

/*
 * To be called when the bytes have been sent and libh2o asks for more of a streamed answer. The
 * client need not take bytes until the next request_sending. A whole answer does not need this
 * call, because the request ends with the answer.
 */
void request_sent(struct request *request);

/* How many bytes of bodies libh2o has sent to ${client}, in all answers together. */
size_t request_bytes_of(const struct client *client);

#endif
