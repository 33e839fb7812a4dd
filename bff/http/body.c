/* See body.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/http/body.h"
#include "bff/http/worker.h"
#include "bff/http/worker_settings.h"

#define UNWANTED_NS (100 * CLOCK_MS) /* when a client has waited for us so long, it counts */

struct body *body_of(h2o_req_t *h2o)
{
    struct client *client = client_of(h2o);

    for (h2o_linklist_t *at = client->bodies.next; at != &client->bodies; at = at->next) {
        struct body *body = H2O_STRUCT_FROM_MEMBER(struct body, link, at);
        if (body->h2o == h2o)
            return body;
    }
    return NULL;
}

static void set_read(struct body *body, bool is_read)
{
    if (body->is_read == is_read)
        return;
    body->is_read = is_read;
    body->client->reading += is_read ? 1 : (size_t)-1;
}

static void begin_reading(struct body *body, size_t limit,
                          void (*done)(void *cookie, enum body_end end), void *cookie)
{
    must(!body->is_over && body->done == NULL);
    body->limit = limit;
    body->done = done;
    body->cookie = cookie;
    set_read(body, true);
    body->source->read(body);
}

void body_read(struct body *body, size_t limit, void (*done)(void *cookie, enum body_end end),
               void *cookie)
{
    must(!body->is_discarded);
    begin_reading(body, limit, done, cookie);
}

void body_stream(struct body *body, size_t limit, void (*arrived)(void *cookie), void *cookie)
{
    must(body->is_streamed || (!body->is_over && body->done == NULL && !body->is_discarded));
    if (!body->is_streamed)
        body->client->used_bytes += body->len;
    body->is_streamed = true;
    body->limit = limit;
    body->arrived_ns = clock_now_ns();
    body->arrived = arrived;
    body->cookie = cookie;
}

struct text body_piece(struct body *body) { return body->source->piece(body); }

void body_use(struct body *body) { body->source->use(body); }

void body_wait(struct body *body)
{
    must(body->is_streamed && !body->is_over);
    if (body->is_read)
        return;
    if (clock_now_ns() - body->arrived_ns > UNWANTED_NS)
        body->was_unwanted = true;
    set_read(body, true);
    body->source->wait(body);
}

void body_arrive(struct body *body)
{
    body->arrived_ns = clock_now_ns();
    set_read(body, false);
    if (body->source->pause != NULL)
        body->source->pause(body);
    if (body->arrived != NULL)
        body->arrived(body->cookie);
}

bool body_keeps_pace(struct body *body)
{
    const struct server_limits *limits = &body->client->worker->settings->http->limits;
    uint64_t least = (uint64_t)limits->min_rate * limits_whole_body_ms(limits) / 1000;
    bool is_good = body->is_streamed && !body->is_discarded &&
                   (!body->is_read || body->was_unwanted || body->len - body->paced >= least);

    body->paced = body->len;
    body->was_unwanted = false;
    return is_good;
}

/* The client is not to blame for the bytes that have come, nor for those that were on their way:
 * they are not wasted (slow_client.h). */
static void discard(struct body *body)
{
    body->is_discarded = true;
    if (!body->is_streamed)
        body->client->used_bytes += body->len;
}

void body_discard(struct body *body, size_t limit, void (*done)(void *cookie, enum body_end end),
                  void *cookie)
{
    must(!body->is_over || body->has_rest);
    body->is_over = false;
    discard(body);
    begin_reading(body, limit, done, cookie);
}

void body_drop(struct body *body)
{
    if (body == NULL || body->source->drop == NULL)
        return;
    if (!body->is_over && !body->is_discarded)
        discard(body);
    body->h2o->entity = h2o_iovec_init(NULL, 0);
    body->source->drop(body);
}

h2o_buffer_t *body_keep(struct body *body)
{
    must(body->is_over && body->end == BODY_WHOLE && !body->is_discarded && !body->is_streamed);
    return body->source->keep(body);
}

void body_stop(struct body *body)
{
    if (body == NULL)
        return;
    body->done = NULL;
    body->arrived = NULL;
    if (body->is_read || body->is_streamed)
        body->source->stop(body);
    set_read(body, false);
}

void body_forget(struct body *body)
{
    body_stop(body);
    body_drop(body);
}

void body_begin(struct body *body, h2o_req_t *h2o, const struct body_source *source, size_t length)
{
    body->client = client_of(h2o);
    body->h2o = h2o;
    body->source = source;
    body->length = length;
    body->limit = body->client->worker->settings->http->body_limit;
    h2o_linklist_insert(&body->client->bodies, &body->link);
}

void body_finish(struct body *body, enum body_end end)
{
    void (*done)(void *cookie, enum body_end end) = body->done;
    void (*arrived)(void *cookie) = body->arrived;
    void *cookie = body->cookie;

    must(!body->is_over);
    body->is_over = true;
    body->end = end;
    if (end != BODY_TOO_LARGE)
        body->has_rest = false;
    body_stop(body);
    if (end == BODY_WHOLE && !body->is_discarded && !body->is_streamed)
        body->client->used_bytes += body->len;
    if (arrived != NULL)
        arrived(cookie);
    else if (done != NULL)
        done(cookie, end);
}

void body_dispose(struct body *body)
{
    body_stop(body);
    h2o_linklist_unlink(&body->link);
}
