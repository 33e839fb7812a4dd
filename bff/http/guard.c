/* See guard.h. */
#include "bff/http/body_http1.h"
#include "bff/http/body_http2.h"
#include "bff/http/field.h"
#include "bff/http/guard.h"
#include "bff/http/guard_head.h"
#include "bff/http/head_http2.h"
#include "bff/http/method.h"
#include "bff/http/target.h"
#include "bff/http/worker_settings.h"

#define FIELD_BYTES 4  /* bytes of ": " and of the line's end */
#define FRAME_BYTES 64 /* the least that a request has on the wire besides its fields */

static struct text text_from(h2o_iovec_t iovec) { return (struct text){iovec.base, iovec.len}; }

static size_t bytes_of_fields(const h2o_req_t *h2o)
{
    size_t bytes = h2o->authority.len;

    for (size_t i = 0; i < h2o->headers.size; i++)
        bytes +=
            h2o->headers.entries[i].name->len + h2o->headers.entries[i].value.len + FIELD_BYTES;
    return bytes;
}

/* Checks names and values of all fields. libh2o gives a folded line an empty name. */
static bool are_fields_sound(const h2o_headers_t *headers)
{
    for (size_t i = 0; i < headers->size; i++)
        if (!field_is_token(text_from(*headers->entries[i].name)) ||
            !field_is_value(text_from(headers->entries[i].value)))
            return false;
    return true;
}

static bool is_target_sound(const struct request *request)
{
    if (!text_starts(request->path, TEXT("/")) &&
        !(text_is(request->method, "OPTIONS") && text_is(request->path, "*") &&
          request->query.at == NULL))
        return false;
    return target_is_clean(request->path) && target_is_clean(request->query);
}

/* RFC 9112 section 3.2: an HTTP/1.1 request must have a Host, even if its target has an
 * authority. */
static bool is_host_sound(const struct request *request)
{
    struct text field = request_host_field(request);

    if (field.at == NULL && request->h2o->version >= 0x101)
        return false;
    if (field.len > 0 && !target_is_authority(field))
        return false;
    if (request->host.len == 0)
        return request->h2o->version < 0x101 && request->host.at == field.at;
    return target_is_authority(request->host);
}

/* Returns the head of an HTTP/1 request as it arrived. Other bytes may follow the head. */
static struct text raw_head(const struct request *request)
{
    const h2o_buffer_t *input = request->client->socket->input;

    if (request->body != NULL)
        return body_http1_head_bytes(request->body);
    return (struct text){input->bytes, input->size};
}

/* With HTTP/2, head_http2.c has looked at the fields that libh2o hides. */
static enum guard_head judge_head(const struct request *request)
{
    struct text expect = request_header(request, "expect");

    if (!request_is_http2(request))
        return guard_head(raw_head(request), request->h2o->version < 0x101);
    if (request->body == NULL && body_http2_is_missing(request->h2o))
        return GUARD_HEAD_BAD;
    return expect.at == NULL || text_equal_nocase(expect, TEXT("100-continue")) ? GUARD_HEAD_SOUND
                                                                                : GUARD_HEAD_UNMET;
}

static bool refuse(struct refusal *out, int status, const char *message)
{
    *out = (struct refusal){.status = status, .message = message, .ends_connection = true};
    return false;
}

static bool has_short_length(const struct request *request, size_t limit)
{
    const struct body *body = request->body;

    return body == NULL || body->length == BODY_NO_LENGTH || body->length <= limit;
}

bool guard_admits_body(const struct request *request, size_t limit, struct refusal *refusal)
{
    if (has_short_length(request, limit) && (request->body == NULL || request->body->len <= limit))
        return true;
    return refuse(refusal, 413, "Payload too large");
}

static bool are_fields_too_large(const h2o_req_t *h2o, const struct server_limits *limits,
                                 size_t bytes)
{
    return head_http2_over(h2o) == HEAD_HTTP2_FIELDS || h2o->headers.size > limits->header_fields ||
           bytes > limits->header_bytes;
}

static bool is_target_too_long(const h2o_req_t *h2o, const struct server_limits *limits)
{
    return head_http2_over(h2o) == HEAD_HTTP2_TARGET || h2o->path.len > limits->target_bytes;
}

/* Only operators send PURGE. No step of a client's request sees this method. */
static bool is_purge(const struct request *request)
{
    return request->client->is_admin && text_is(request->method, "PURGE");
}

bool guard_admits(const struct request *request, struct refusal *refusal)
{
    const h2o_req_t *h2o = request->h2o;
    const struct server_limits *limits = &request->settings->http->limits;
    size_t bytes = bytes_of_fields(h2o);
    enum guard_head head = judge_head(request);

    if (are_fields_too_large(h2o, limits, bytes))
        return refuse(refusal, 431, "Request header fields too large");
    request->client->used_bytes += bytes + h2o->path.len + FRAME_BYTES;
    if (!field_is_token(request->method))
        return refuse(refusal, 400, "Bad request");
    if (!method_is_known(request->method) && !is_purge(request))
        return refuse(refusal, 501, "Not implemented");
    if (is_target_too_long(h2o, limits))
        return refuse(refusal, 414, "URI too long");
    if (!is_target_sound(request) || !are_fields_sound(&h2o->headers) || !is_host_sound(request) ||
        head == GUARD_HEAD_BAD)
        return refuse(refusal, 400, "Bad request");
    if (head == GUARD_HEAD_UNMET)
        return refuse(refusal, 417, "Expectation failed");
    if (!has_short_length(request, request->settings->http->body_limit))
        return refuse(refusal, 413, "Payload too large");
    return true;
}
