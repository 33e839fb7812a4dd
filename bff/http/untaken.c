/* See untaken.h. The states of a stream are those of libh2o's lib/http2/stream.c. */
#include <h2o.h>

#include <h2o/http2.h>
#include <h2o/http2_internal.h>

#include "bff/http/body.h"
#include "bff/http/request_peer.h"
#include "bff/http/untaken.h"

#define PATH_KEPT ((size_t)1024) /* bytes; the access log has no more of it then */
#define HOST_KEPT ((size_t)255)  /* a longer one is no name of DNS */

/* The rest of a body is copied, so that the memory of its request can be freed. When the rest is
 * longer than this, it is not copied, and the memory of the request stays. The bytes of a shared
 * rest stay in any case, so only a short one is copied. */
#define BODY_MAX ((size_t)1024 * 1024)
#define SHARED_BODY_MAX ((size_t)8 * 1024)

static h2o_http2_stream_t *stream_of(const struct request *request)
{
    return H2O_STRUCT_FROM_MEMBER(h2o_http2_stream_t, req, request->h2o);
}

static h2o_http2_conn_t *conn_of(const struct request *request)
{
    return (h2o_http2_conn_t *)request->h2o->conn;
}

static size_t bytes_left(const struct request *request)
{
    const h2o_http2_stream_t *stream = stream_of(request);
    size_t bytes = request->answer.rest.len;

    for (size_t i = 0; i < stream->_data.size; i++)
        bytes += stream->_data.entries[i].len;
    return bytes;
}

static bool has_room(const struct request *request)
{
    ssize_t of_stream = h2o_http2_window_get_window(&stream_of(request)->output_window);
    ssize_t of_conn = h2o_http2_window_get_window(&conn_of(request)->_write.window);
    ssize_t least = of_stream < of_conn ? of_stream : of_conn;

    return least > 0 && (size_t)least >= bytes_left(request);
}

/* The rest of the body. */

static struct text join(const struct request *request)
{
    const h2o_http2_stream_t *stream = stream_of(request);
    size_t bytes = bytes_left(request);
    char *start = pool_take(request->pool, bytes), *at = start;

    for (size_t i = 0; i < stream->_data.size; i++)
        at = (char *)h2o_memcpy(at, stream->_data.entries[i].base, stream->_data.entries[i].len) +
             stream->_data.entries[i].len;
    h2o_memcpy(at, request->answer.rest.at, request->answer.rest.len);
    return (struct text){start, bytes};
}

/* Gives a copy of the rest to the stream, as its last bytes. So the source of the answer is not
 * asked for more. */
static void give_rest(struct request *request)
{
    h2o_http2_stream_t *stream = stream_of(request);
    struct text rest = join(request);

    memset(&stream->_data, 0, sizeof(stream->_data));
    if (rest.len > 0) {
        h2o_vector_reserve(&request->h2o->pool, &stream->_data, 1);
        stream->_data.entries[0] = h2o_iovec_init(rest.at, rest.len);
        stream->_data.size = 1;
    }
    if (stream->state == H2O_HTTP2_STREAM_STATE_SEND_BODY)
        h2o_http2_stream_set_state(conn_of(request), stream,
                                   H2O_HTTP2_STREAM_STATE_SEND_BODY_IS_FINAL);
    stream->send_state = H2O_SEND_STATE_FINAL;
    request->h2o->_generator = NULL;
}

/*
 * True when the request can do without its source. A stream in libh2o's list of those that go on
 * (_refs.link) has no bytes left; its source is asked for more when they have been written.
 */
static bool may_end(const struct request *request)
{
    const h2o_http2_stream_t *stream = stream_of(request);

    if (stream->state == H2O_HTTP2_STREAM_STATE_END_STREAM ||
        h2o_linklist_is_linked((h2o_linklist_t *)(uintptr_t)&stream->_refs.link))
        return request->h2o->_generator == NULL;
    return stream->state >= H2O_HTTP2_STREAM_STATE_SEND_BODY &&
           bytes_left(request) <= (request->answer.is_shared ? SHARED_BODY_MAX : BODY_MAX);
}

/* The rest of the request. */

static struct text keep(const struct request *request, struct text text)
{
    return text.at == NULL ? text : pool_text(request->pool, text);
}

static void forget_head(h2o_req_t *h2o)
{
    h2o_iovec_t none = {NULL, 0};

    h2o->headers = (h2o_headers_t){0};
    h2o->res.headers = (h2o_headers_t){0};
    h2o->method = h2o->authority = h2o->path = none;
    h2o->input.method = h2o->input.authority = h2o->input.path = none;
}

static void forget_answer(struct request_answer *answer)
{
    answer->fields = NULL;
    answer->field_count = answer->field_capacity = 0;
    answer->filters = NULL;
    answer->rest = (struct text){0};
}

/* The access log and traces read the client. */
static const struct request_peer *keep_peer(const struct request *request)
{
    struct request_peer *kept;

    if (request->peer == NULL)
        return NULL;
    kept = pool_take(request->pool, sizeof(*kept));
    *kept = (struct request_peer){.connection = keep(request, request->peer->connection),
                                  .client = keep(request, request->peer->client),
                                  .proto = keep(request, request->peer->proto)};
    return kept;
}

/* What the readers of bff/observe need. The objects that end with the old pool add their reports to
 * the new one. */
static void keep_observed(struct request *request)
{
    if (request->path.len > PATH_KEPT)
        request->path.len = PATH_KEPT;
    request->method = keep(request, request->method);
    request->path = keep(request, request->path);
    request->id = keep(request, request->id);
    request->traceparent = keep(request, request->traceparent);
    request->user = keep(request, request->user);
    request->api_key = keep(request, request->api_key);
    request->parent = keep(request, request->parent);
    request->agent = keep(request, request_agent(request));
    request->host = request->host.len > HOST_KEPT ? (struct text){0} : keep(request, request->host);
    request->query = request->is_recorded ? keep(request, request->query) : (struct text){0};
    request->peer = keep_peer(request);
}

/*
 * The request and its body are objects that a pool counts. The new pool holds them, too, so that
 * they do not end with the old one. All other objects end. The body is linked first, because it
 * must end last.
 */
static h2o_mem_pool_t take_new_pool(struct request *request)
{
    h2o_mem_pool_t *pool = &request->h2o->pool, old = *pool;

    h2o_mem_init_pool(pool);
    if (request->body != NULL)
        h2o_mem_link_shared(pool, request->body);
    h2o_mem_link_shared(pool, request);
    return old;
}

static void free_if_possible(struct request *request)
{
    if (!request->is_answered || !may_end(request))
        return;
    request->is_answered = false;
    h2o_mem_pool_t old = take_new_pool(request);
    give_rest(request);
    keep_observed(request);
    forget_head(request->h2o);
    forget_answer(&request->answer);
    body_forget(request->body);
    h2o_mem_clear_pool(&old);
}

/* Not from untaken_look, because its callers may still use the memory. */
static void on_next_step(h2o_timeout_entry_t *entry)
{
    free_if_possible(H2O_STRUCT_FROM_MEMBER(struct request, next_step, entry));
}

void untaken_look(struct request *request, struct text rest)
{
    if (!request_is_http2(request))
        return;
    request->is_answered = true;
    request->answer.rest = rest;
    if (has_room(request) || h2o_timeout_is_linked(&request->next_step))
        return;
    request->next_step.cb = on_next_step;
    h2o_timeout_link(request->worker->loop, &request->worker->context.zero_timeout,
                     &request->next_step);
}

void untaken_sweep(struct client *client)
{
    h2o_linklist_t *next;

    for (h2o_linklist_t *at = client->answers.next; at != &client->answers; at = next) {
        struct request *request = H2O_STRUCT_FROM_MEMBER(struct request, sending, at);
        next = at->next;
        free_if_possible(request);
    }
}
