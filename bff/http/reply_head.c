/* See reply_head.h. */
#include <string.h>

#include "bff/http/field.h"
#include "bff/http/reply.h"
#include "bff/http/reply_head.h"
#include "bff/base/status.h"

void reply_head_begin(struct request *request, int status, size_t length)
{
    request->h2o->res.status = status;
    request->h2o->res.reason = status_phrase(status);
    request->h2o->res.content_length = length;
}

void reply_head_add(struct request *request, struct text name, struct text value)
{
    if (value.at == NULL || !field_is_value(value))
        return;
    h2o_add_header_by_str(&request->h2o->pool, &request->h2o->res.headers, name.at, name.len, 1,
                          NULL, value.at, value.len);
}

void reply_head_end(struct request *request)
{
    const struct request_answer *answer = &request->answer;

    for (size_t i = 0; i < answer->field_count; i++)
        reply_head_add(request, text_of(answer->fields[i].name), answer->fields[i].value);
    reply_head_add(request, TEXT("x-request-id"), request->id);
    if (request->worker->is_draining || request->client->listener->is_leaving)
        request->h2o->http1_is_persistent = 0;
}

void reply_head_clear(struct request *request) { request->h2o->res.headers.size = 0; }

void reply_head_set_status(struct request *request, int status)
{
    request->h2o->res.status = status;
    request->h2o->res.reason = status_phrase(status);
}

int reply_head_status(const struct request *request) { return request->h2o->res.status; }

static ssize_t find(const struct request *request, const char *name)
{
    return h2o_find_header_by_str(&request->h2o->res.headers, name, strlen(name), -1);
}

struct text reply_head_find(const struct request *request, const char *name)
{
    ssize_t place = find(request, name);

    if (place == -1)
        return (struct text){0};
    h2o_iovec_t value = request->h2o->res.headers.entries[place].value;
    return (struct text){value.base, value.len};
}

/* Joins two texts of a list. */
static struct text join(struct pool *pool, struct text first, struct text second)
{
    return pool_print(pool, "%.*s, %.*s", TEXT_ARGS(first), TEXT_ARGS(second));
}

struct text reply_head_list(const struct request *request, const char *name)
{
    const h2o_headers_t *headers = &request->h2o->res.headers;
    struct text list = {0};

    for (ssize_t at = -1; (at = h2o_find_header_by_str(headers, name, strlen(name), at)) != -1;) {
        struct text value = {headers->entries[at].value.base, headers->entries[at].value.len};
        list = list.at == NULL ? value : join(request->pool, list, value);
    }
    return list;
}

void reply_head_set(struct request *request, const char *name, struct text value)
{
    ssize_t place = find(request, name);

    if (place == -1)
        reply_head_add(request, text_of(name), value);
    else if (value.at != NULL && field_is_value(value))
        request->h2o->res.headers.entries[place].value = h2o_iovec_init(value.at, value.len);
}

void reply_head_remove(struct request *request, const char *name)
{
    for (ssize_t place; (place = find(request, name)) != -1;)
        h2o_delete_header(&request->h2o->res.headers, place);
}

struct text reply_head_weak(struct request *request, struct text etag)
{
    if (etag.len == 0 || etag.at[0] != '"')
        return etag;
    return pool_print(request->pool, "W/%.*s", TEXT_ARGS(etag));
}

void reply_head_set_changed(struct request *request)
{
    static const char *const about_bytes[] = {"accept-ranges", "content-digest", "repr-digest",
                                              "digest", "content-md5"};
    struct text etag = reply_head_find(request, "etag");

    if (etag.at != NULL)
        reply_head_set(request, "etag", reply_head_weak(request, etag));
    for (size_t i = 0; i < sizeof(about_bytes) / sizeof(about_bytes[0]); i++)
        reply_head_remove(request, about_bytes[i]);
}

size_t reply_head_length(const struct request *request) { return request->h2o->res.content_length; }

void reply_head_set_length(struct request *request, size_t length)
{
    request->h2o->res.content_length = length;
}
