/* See guard.h. */
#include "bff/http/guard.h"
#include "bff/http/reply.h"

static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

static bool is_method(struct text method)
{
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (text_is(method, methods[i]))
            return true;
    return false;
}

/* Visible ASCII only: anything else in a request target must be percent-encoded (RFC 3986). */
static bool is_target(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= 0x20 || text.at[i] >= 0x7f)
            return false;
    return true;
}

static bool has_nameless_field(const h2o_headers_t *headers)
{
    for (size_t i = 0; i < headers->size; i++)
        if (headers->entries[i].name->len == 0)
            return true;
    return false;
}

static bool is_head_too_large(const h2o_req_t *h2o)
{
    size_t bytes = h2o->path.len + h2o->authority.len;

    if (h2o->headers.size > GUARD_FIELDS_MAX)
        return true;
    for (size_t i = 0; i < h2o->headers.size; i++)
        bytes += h2o->headers.entries[i].name->len + h2o->headers.entries[i].value.len;
    return bytes > GUARD_HEAD_BYTES_MAX;
}

bool guard_admits(struct request *request)
{
    bool is_path = text_starts(request->path, TEXT("/")) ||
                   (text_is(request->method, "OPTIONS") && text_is(request->path, "*"));

    if (is_head_too_large(request->h2o))
        reply_error(request, 431, "Request header fields too large");
    else if (!is_method(request->method))
        reply_error(request, 501, "Not implemented");
    else if (!is_path || !is_target(request->path) || !is_target(request->query) ||
             has_nameless_field(&request->h2o->headers))
        reply_error(request, 400, "Bad request");
    else
        return true;
    return false;
}
