/* See reply.h. */
#include "bff/base/check.h"
#include "bff/base/text_builder.h"
#include "bff/http/body.h"
#include "bff/http/reply.h"
#include "bff/http/reply_early.h"
#include "bff/http/reply_filter.h"
#include "bff/http/reply_head.h"
#include "bff/http/reply_wait.h"
#include "bff/http/request_kept.h"
#include "bff/http/untaken.h"

/* libh2o copies the list of pieces to its stack. If there are more pieces than this, they are
 * joined to one piece. */
#define PIECES_MAX 512

#define FIELDS_AT_FIRST 8 /* number of fields for which memory is allocated at first */

_Static_assert(sizeof(struct text) == sizeof(h2o_iovec_t) &&
                   offsetof(struct text, at) == offsetof(h2o_iovec_t, base) &&
                   offsetof(struct text, len) == offsetof(h2o_iovec_t, len),
               "a list of texts is a list of iovecs");

/* Collected fields. */

static void grow(struct request *request)
{
    struct request_answer *answer = &request->answer;
    size_t capacity = answer->field_count == 0 ? FIELDS_AT_FIRST : answer->field_count * 2;
    struct reply_field *fields = pool_take(request->pool, capacity * sizeof(*fields));

    if (answer->field_count > 0)
        memcpy(fields, answer->fields, answer->field_count * sizeof(*fields));
    answer->fields = fields;
    answer->field_capacity = capacity;
}

void reply_add_field(struct request *request, struct reply_field field)
{
    struct request_answer *answer = &request->answer;

    if (answer->field_count == answer->field_capacity)
        grow(request);
    answer->fields[answer->field_count++] = field;
}

void reply_set_field(struct request *request, struct reply_field field)
{
    struct request_answer *answer = &request->answer;
    size_t kept = 0;
    bool is_set = false;

    for (size_t i = 0; i < answer->field_count; i++) {
        bool is_same = strcmp(answer->fields[i].name, field.name) == 0;
        if (is_same && is_set)
            continue;
        answer->fields[kept++] = is_same ? field : answer->fields[i];
        is_set = is_set || is_same;
    }
    answer->field_count = kept;
    if (!is_set)
        reply_add_field(request, field);
}

void reply_remove_field(struct request *request, const char *name)
{
    struct request_answer *answer = &request->answer;
    size_t kept = 0;

    for (size_t i = 0; i < answer->field_count; i++)
        if (strcmp(answer->fields[i].name, name) != 0)
            answer->fields[kept++] = answer->fields[i];
    answer->field_count = kept;
}

void reply_clear_fields(struct request *request) { request->answer.field_count = 0; }

/* Sending. */

static size_t bytes_of(const struct text *body, size_t count)
{
    size_t bytes = 0;

    for (size_t i = 0; i < count; i++)
        bytes += body[i].len;
    return bytes;
}

static struct text join(struct request *request, const struct text *body, size_t count)
{
    size_t bytes = bytes_of(body, count);
    char *all = pool_take(request->pool, bytes), *end = all;

    for (size_t i = 0; i < count; i++)
        end = (char *)memcpy(end, body[i].at, body[i].len) + body[i].len;
    return (struct text){all, bytes};
}

static bool has_no_body(int status) { return status == 204 || status == 304; }

static void send_body(struct request *request, const struct text *body, size_t count)
{
    static h2o_generator_t generator;

    request_sending(request);
    if (text_is(request->method, "HEAD") || has_no_body(reply_head_status(request)))
        count = 0;
    if (reply_early_is_due(request)) {
        reply_early_send(request, body, count);
        return;
    }
    if (request->body != NULL && !request->body->is_over)
        body_drop(request->body);
    bool is_http2 = request_is_http2(request);
    h2o_start_response(request->h2o, &generator);
    h2o_send(request->h2o, (h2o_iovec_t *)(void *)(uintptr_t)body, count, H2O_SEND_STATE_FINAL);
    if (is_http2)
        untaken_look(request, (struct text){0});
}

/* The last filter. It collects the bytes that the other filters pass. */
struct gatherer {
    struct reply_filter filter; /* must be first: the filters call the gatherer by this address */
    struct text_builder body;
};

static void gather(struct reply_filter *filter, struct text bytes)
{
    text_builder_add(&((struct gatherer *)filter)->body, bytes);
}

static struct text filtered(struct request *request, const struct text *body, size_t count)
{
    struct gatherer gatherer = {.filter = {.data = gather}};

    text_builder_init(&gatherer.body, request->pool, bytes_of(body, count) + 1);
    reply_filter_add(request, &gatherer.filter);
    for (size_t i = 0; i < count; i++)
        reply_filter_data(request, body[i]);
    reply_filter_end(request, false);
    return text_builder_text(&gatherer.body);
}

/* A filter has refused the answer, whose head has been written. */
static void send_broken(struct request *request)
{
    request->answer.is_broken = false;
    reply_head_clear(request);
    reply_error(request, 502, "Bad gateway");
}

void reply_whole(struct request *request, const struct text *body, size_t count)
{
    struct text joined;

    reply_wait_end(request);
    if (request->is_recorded)
        request_kept_whole(request, body, count);
    reply_head_end(request);
    reply_filter_head(request);
    if (request->answer.filters != NULL) {
        request->answer.is_shared = false;
        joined = filtered(request, body, count);
        if (request->answer.is_broken) {
            send_broken(request);
            return;
        }
        if (!has_no_body(reply_head_status(request)))
            reply_head_set_length(request, joined.len);
    } else if (count > PIECES_MAX) {
        joined = join(request, body, count);
    } else {
        send_body(request, body, count);
        return;
    }
    send_body(request, &joined, joined.len > 0 ? 1 : 0);
}

void reply_shared(struct request *request, const struct text *body, size_t count)
{
    request->answer.is_shared = true;
    reply_whole(request, body, count);
}

void reply_send(struct request *request, const struct reply *reply)
{
    size_t bytes = bytes_of(reply->body, reply->body_count);

    reply_head_begin(request, reply->status,
                     has_no_body(reply->status) ? REPLY_HEAD_NO_LENGTH : bytes);
    for (size_t i = 0; i < reply->field_count; i++)
        reply_head_add(request, text_of(reply->fields[i].name), reply->fields[i].value);
    reply_whole(request, reply->body, reply->body_count);
}

/* Refusals. */

/* Returns the text between the message and the request's id in the body. */
static struct text after_message(struct request *request, struct text members)
{
    if (members.len == 0)
        return TEXT("\",\"requestId\":\"");
    return pool_print(request->pool, "\",%.*s,\"requestId\":\"", TEXT_ARGS(members));
}

void reply_refusal(struct request *request, const struct refusal *refusal)
{
    struct text body[] = {TEXT("{\"error\":\""), text_of(refusal->message),
                          after_message(request, refusal->members), request->id, TEXT("\"}")};
    struct reply_field fields[] = {
        {"content-type", TEXT("application/json; charset=utf-8")},
        {"cache-control", TEXT("no-store")},
        {refusal->name, refusal->value},
    };
    struct text *kept = pool_take(request->pool, sizeof(body));
    memcpy(kept, body, sizeof(body));

    if (refusal->ends_connection)
        request->h2o->http1_is_persistent = 0;
    reply_send(request, &(struct reply){
                            .status = refusal->status,
                            .fields = fields,
                            .field_count = sizeof(fields) / sizeof(fields[0]),
                            .body = kept,
                            .body_count = sizeof(body) / sizeof(body[0]),
                        });
}

void reply_error_with(struct request *request, int status, const char *message,
                      struct reply_field field)
{
    reply_refusal(request, &(struct refusal){.status = status,
                                             .message = message,
                                             .name = field.name,
                                             .value = field.value});
}

void reply_error(struct request *request, int status, const char *message)
{
    reply_error_with(request, status, message, (struct reply_field){0});
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
    request->answer.filters = NULL;
    request->h2o->http1_is_persistent = 0;
    reply_send(request, &(struct reply){.status = 499});
}
