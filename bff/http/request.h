/*
 * A client's request as the rest of us sees it. It lives in libh2o's pool of the request and ends
 * with it, for whatever reason: what hangs on it hangs on that pool too.
 */
#ifndef BFF_HTTP_REQUEST_H
#define BFF_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include <h2o.h>

#include "bff/base/log_line.h"
#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/http/client.h"
#include "bff/http/worker.h"

struct reply_field;

struct request {
    h2o_req_t *h2o;
    struct worker *worker;
    struct worker_settings *settings; /* those that it began with */
    struct client *client;
    struct pool *pool;
    struct text method;
    struct text path;        /* as the client wrote it, without query: "/api/products/a%20b" */
    struct text query;       /* behind the '?'; absent without one */
    struct text host;        /* host[:port] that was asked for; absent only with HTTP/1.0 */
    struct text id;          /* X-Request-Id, the client's or ours */
    struct text traceparent; /* the client's trace or a new one, and our span in it */
    const struct reply_field *extra; /* fields of its answer, whoever answers (reply.h) */
    size_t extra_count;
    h2o_timeout_entry_t start;
    struct watch *watch; /* while somebody waits for the client to leave */
    bool is_sending;     /* bytes of its answer are on their way: see slow_client.h */

    /* for the access log */
    int64_t began_ns; /* when its head and body were read */
    struct text user; /* who asks; absent: nobody that we know */
    /* Writes the value of "parts"; NULL: it has none. ${parts} and what it borrows lie in the pool
     * itself: objects with an end of their own are gone when the log is written. */
    void (*log_parts)(struct log_line *line, const void *parts);
    const void *parts;
};

/* Makes the request; it ends with ${h2o_req}. */
struct request *request_new(h2o_req_t *h2o_req, struct worker *worker);

static inline bool request_is_http2(const struct request *request)
{
    return request->h2o->version >= 0x200;
}

/* The Host field, or :authority; absent when there is none, whatever the target says. */
struct text request_host_field(const struct request *request);

/* The value of the field ${name} (lower case): the first of them; absent when there is none. */
struct text request_header(const struct request *request, const char *name);

/* The values of all fields ${name} (lower case) as one list, "a, b" (RFC 9110 section 5.3); absent
 * when there is none. */
struct text request_list(const struct request *request, const char *name);

/*
 * There are bytes of an answer on their way to the client, and it must take them (slow_client.h);
 * there are none now (nothing is due until the next request_sending). What sends a whole answer
 * needs only the first: the end of the request is the end of it. What streams calls the second when
 * libh2o asks for more.
 */
void request_sending(struct request *request);
void request_sent(struct request *request);

#endif
