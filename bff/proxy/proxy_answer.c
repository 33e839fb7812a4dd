/* See proxy_answer.h. */
#include "bff/cache/cache_control.h"
#include "bff/edge/cors.h"
#include "bff/http/field.h"
#include "bff/http/reply_head.h"
#include "bff/proxy/proxy_answer.h"
#include "bff/proxy/proxy_cache.h"
#include "bff/proxy/proxy_transform.h"
#include "bff/proxy/security_headers.h"
#include "bff/session/session_cookie.h"

static bool is_nominated(const struct exchange_head *head, struct text name)
{
    for (size_t i = 0; i < head->field_count; i++)
        if (text_equal_nocase(head->fields[i].name, TEXT("connection")) &&
            field_is_nominated(head->fields[i].value, name))
            return true;
    return false;
}

/* Returns what the rules of the route must know of an answer. Of several codings, the first one is
 * enough. */
static struct proxy_transform_head transform_head(int status, const struct exchange_field *fields,
                                                  size_t count)
{
    struct proxy_transform_head head = {.status = status};

    for (size_t i = 0; i < count; i++) {
        if (head.type.at == NULL && text_equal_nocase(fields[i].name, TEXT("content-type")))
            head.type = fields[i].value;
        if (head.coding.at == NULL && text_equal_nocase(fields[i].name, TEXT("content-encoding")))
            head.coding = fields[i].value;
    }
    return head;
}

static bool is_refused(const struct proxy_ask *ask, int status, const struct exchange_field *fields,
                       size_t count)
{
    struct proxy_transform_head known;

    if (ask->transform == NULL)
        return false;
    known = transform_head(status, fields, count);
    return proxy_transform_refuses(ask->transform, &known);
}

bool proxy_answer_is_refused(const struct proxy_ask *ask, const struct exchange_head *head)
{
    return is_refused(ask, head->status, head->fields, head->field_count);
}

bool proxy_answer_is_entry_refused(const struct proxy_ask *ask, const struct cache_entry *entry)
{
    return is_refused(ask, entry->status, entry->fields, entry->field_count);
}

/* Tells the rules of the route that the answer is a service's. */
static void take(const struct proxy_ask *ask, int status, const struct exchange_field *fields,
                 size_t count)
{
    struct proxy_transform_head known;

    if (ask->transform == NULL)
        return;
    known = transform_head(status, fields, count);
    proxy_transform_take(ask->transform, &known);
}

/* Adds a field to the answer, as the route changes it. Name and value are copied, because the
 * service's head is valid only during the callback. */
static void add_copy(struct request *request, const struct proxy_ask *ask, struct text name,
                     struct text value)
{
    struct text sent = plain_transform_name(&ask->route->transform.response_names, name);

    if (sent.at == NULL)
        return;
    char *lower = pool_take(request->pool, sent.len + 1);
    struct text copy = pool_text(request->pool, value);
    reply_head_add(request, text_lower(lower, sent),
                   plain_rewrite(&ask->route->rewrite, request->pool, name, copy));
}

/* HTTP/2 has no upgrade, and HTTP/1.0 ignores it (RFC 9113 section 8.2.2, RFC 9110 section 7.8). */
static bool is_needed(const struct request *request, const struct exchange_head *head,
                      struct text name)
{
    return field_is_needed(head->status, name) &&
           (request_version(request) == 0x101 || !text_equal_nocase(name, TEXT("upgrade")));
}

static bool returns(const struct request *request, const struct exchange_head *head,
                    struct text name)
{
    return is_needed(request, head, name) || (field_may_return(name) && !is_nominated(head, name));
}

/* True when this server sends another field of that name, or none. */
static bool is_replaced(const struct request *request, const struct proxy_ask *ask,
                        struct text name)
{
    return plain_route_changes(&ask->route->response, name) ||
           (ask->settings->hides_cors && cors_is_cors_field(name)) ||
           security_headers_replace(request, ask->settings->security, ask->route, name);
}

/* True for a Set-Cookie that only this server may send. */
static bool is_own_cookie(const struct proxy_ask *ask, struct text name, struct text value)
{
    struct session_cookie own = {.name = ask->caller->own_cookie};

    return own.name.at != NULL && text_equal_nocase(name, TEXT("set-cookie")) &&
           session_cookie_is_set_by(&own, value);
}

static void add_set(struct request *request, const struct plain_fields *change)
{
    for (size_t i = 0; i < change->count; i++)
        reply_head_add(request, change->rows[i].name, change->rows[i].value);
}

static void add_fields(struct request *request, const struct proxy_ask *ask,
                       const struct exchange_head *head)
{
    const struct plain_fields *change = &ask->route->response;

    for (size_t i = 0; i < head->field_count; i++) {
        struct text name = head->fields[i].name, value = head->fields[i].value;
        if (!returns(request, head, name) || is_replaced(request, ask, name) ||
            is_own_cookie(ask, name, value))
            continue;
        add_copy(request, ask, name, value);
    }
    if (head->status == 426 && reply_head_find(request, "upgrade").at != NULL)
        reply_head_add(request, TEXT("connection"), TEXT("upgrade"));
    add_set(request, change);
}

/*
 * RFC 9111 section 3.5 keeps shared caches from storing answers to requests with Authorization.
 * They do not know that a cookie of ours has the same meaning. So an answer that this rule would
 * protect is marked for them.
 */
static void mark_private(struct request *request, const struct proxy_ask *ask,
                         const struct exchange_head *head)
{
    struct cache_control says = cache_control_of(head->fields, head->field_count);

    if (is_replaced(request, ask, TEXT("cache-control")) ||
        (ask->cached != NULL && proxy_cache_hides_user(ask->cached)))
        return;
    if (says.no_store || says.is_private || says.is_public || says.must_revalidate ||
        says.s_maxage != CACHE_CONTROL_ABSENT)
        return;
    reply_head_add(request, TEXT("cache-control"), TEXT("private"));
}

/* Returns the Content-Length of an answer that has no body: an answer to HEAD, or a 304. */
static size_t promised_length(const struct exchange_head *head)
{
    uint64_t length;

    for (size_t i = 0; i < head->field_count; i++)
        if (text_equal_nocase(head->fields[i].name, TEXT("content-length")) &&
            text_number(head->fields[i].value, REPLY_HEAD_NO_LENGTH - 1, &length) == 0)
            return (size_t)length;
    return REPLY_HEAD_NO_LENGTH;
}

static size_t length_of(const struct exchange_head *head)
{
    if (head->framing == EXCHANGE_LENGTH)
        return (size_t)head->length;
    if (head->framing == EXCHANGE_NO_BODY && head->status != 204)
        return promised_length(head);
    return REPLY_HEAD_NO_LENGTH;
}

bool proxy_answer_is_websocket(const struct exchange_head *head)
{
    for (size_t i = 0; i < head->field_count; i++)
        if (text_equal_nocase(head->fields[i].name, TEXT("upgrade")))
            return text_equal_nocase(head->fields[i].value, TEXT("websocket"));
    return false;
}

void proxy_answer_head(struct request *request, const struct proxy_ask *ask,
                       const struct exchange_head *head)
{
    reply_head_begin(request, head->status, length_of(head));
    add_fields(request, ask, head);
    take(ask, head->status, head->fields, head->field_count);
    if (ask->caller->is_session)
        mark_private(request, ask, head);
}

/* True for a field of an entry that its answer does not have: this server writes Date and Age. A
 * 304 does not describe a body (RFC 9110 section 15.4.5). */
static bool is_left_out(int status, struct text name)
{
    if (text_equal(name, TEXT("date")) || text_equal(name, TEXT("age")))
        return true;
    return status == 304 && text_starts(name, TEXT("content-")) &&
           !text_equal(name, TEXT("content-location"));
}

static size_t length_of_entry(const struct cache_entry *entry, int status)
{
    if (status == 304 || status == 204)
        return REPLY_HEAD_NO_LENGTH;
    return entry->body == NULL ? 0 : entry->body->text.len;
}

void proxy_answer_entry(struct request *request, const struct proxy_ask *ask,
                        const struct cache_entry *entry, int status)
{
    reply_head_begin(request, status, length_of_entry(entry, status));
    for (size_t i = 0; i < entry->field_count; i++) {
        const struct exchange_field *field = &entry->fields[i];
        struct text name = plain_transform_name(&ask->route->transform.response_names, field->name);
        if (field_may_return(field->name) && !is_left_out(status, field->name) &&
            !is_replaced(request, ask, field->name) && name.at != NULL)
            reply_head_add(
                request, name,
                plain_rewrite(&ask->route->rewrite, request->pool, field->name, field->value));
    }
    take(ask, status, entry->fields, entry->field_count);
    add_set(request, &ask->route->response);
}
