/* See reply.h. */
#include "bff/base/check.h"
#include "bff/http/field.h"
#include "bff/http/reply.h"
#include "bff/base/status.h"
#include "bff/http/watch.h"

/* More pieces than this are copied together: libh2o puts its copy of their list on the stack. */
#define PIECES_MAX 512

_Static_assert(sizeof(struct text) == sizeof(h2o_iovec_t) &&
                   offsetof(struct text, at) == offsetof(h2o_iovec_t, base) &&
                   offsetof(struct text, len) == offsetof(h2o_iovec_t, len),
               "a list of texts is a list of iovecs");

/* What could end the field, or the head, does not go out (RFC 9110 section 5.5). */
static void add_field(struct request *request, const char *name, struct text value)
{
    if (value.at == NULL || !field_is_value(value))
        return;
    h2o_add_header_by_str(&request->h2o->pool, &request->h2o->res.headers, name, strlen(name), 1,
                          NULL, value.at, value.len);
}

static struct text join(struct request *request, const struct reply *reply, size_t bytes)
{
    char *all = pool_take(request->pool, bytes), *end = all;

    for (size_t i = 0; i < reply->body_count; i++)
        end = (char *)memcpy(end, reply->body[i].at, reply->body[i].len) + reply->body[i].len;
    return (struct text){all, bytes};
}

static void send_body(struct request *request, const struct reply *reply, size_t bytes)
{
    static h2o_generator_t generator;
    struct text joined;
    const struct text *body = reply->body;
    size_t count = reply->body_count;

    request_sending(request);
    h2o_start_response(request->h2o, &generator);
    if (text_is(request->method, "HEAD"))
        count = 0;
    if (count > PIECES_MAX) {
        joined = join(request, reply, bytes);
        body = &joined;
        count = 1;
    }
    h2o_send(request->h2o, (h2o_iovec_t *)(void *)(uintptr_t)body, count, H2O_SEND_STATE_FINAL);
}

void reply_add_common(struct request *request)
{
    for (size_t i = 0; i < request->extra_count; i++)
        add_field(request, request->extra[i].name, request->extra[i].value);
    add_field(request, "x-request-id", request->id);
}

void reply_send(struct request *request, const struct reply *reply)
{
    h2o_req_t *h2o = request->h2o;
    size_t bytes = 0;

    if (request->watch != NULL)
        watch_end(request->watch);
    for (size_t i = 0; i < reply->body_count; i++)
        bytes += reply->body[i].len;
    h2o->res.status = reply->status;
    h2o->res.reason = status_phrase(reply->status);
    h2o->res.content_length = reply->status == 204 ? SIZE_MAX : bytes;
    for (size_t i = 0; i < reply->field_count; i++)
        add_field(request, reply->fields[i].name, reply->fields[i].value);
    reply_add_common(request);
    if (request->worker->is_draining)
        h2o->http1_is_persistent = 0;
    send_body(request, reply, bytes);
}

void reply_error_with(struct request *request, int status, const char *message,
                      struct reply_field field)
{
    struct text body[] = {TEXT("{\"error\":\""), text_of(message), TEXT("\",\"requestId\":\""),
                          request->id, TEXT("\"}")};
    struct reply_field fields[] = {
        {"content-type", TEXT("application/json; charset=utf-8")},
        {"cache-control", TEXT("no-store")},
        field,
    };
    struct text *kept = pool_take(request->pool, sizeof(body));
    memcpy(kept, body, sizeof(body));

    reply_send(request, &(struct reply){
                            .status = status,
                            .fields = fields,
                            .field_count = sizeof(fields) / sizeof(fields[0]),
                            .body = kept,
                            .body_count = sizeof(body) / sizeof(body[0]),
                        });
}

void reply_error(struct request *request, int status, const char *message)
{
    reply_error_with(request, status, message, (struct reply_field){0});
}

void reply_refusal(struct request *request, const struct refusal *refusal)
{
    struct client *client = request->client;
    bool cuts = refusal->cuts;

    if (refusal->ends_connection)
        request->h2o->http1_is_persistent = 0;
    reply_error_with(request, refusal->status, refusal->message,
                     (struct reply_field){refusal->name, refusal->value});
    if (cuts)
        client_cut_http2(client);
}

void reply_not_allowed(struct request *request, struct text allow)
{
    reply_error_with(request, 405, "Method not allowed", (struct reply_field){"allow", allow});
}

void reply_options(struct request *request, struct text allow)
{
    struct reply_field fields[] = {{"allow", allow}};

    reply_send(request, &(struct reply){.status = 204, .fields = fields, .field_count = 1});
}

void reply_nobody(struct request *request)
{
    request->h2o->http1_is_persistent = 0;
    reply_send(request, &(struct reply){.status = 499});
}
