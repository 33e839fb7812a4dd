/* See proxy_request.h. */
#include "bff/base/text_builder.h"
#include "bff/cache/cache_validators.h"
#include "bff/http/baggage.h"
#include "bff/http/field.h"
#include "bff/http/method.h"
#include "bff/http/request_id.h"
#include "bff/http/request_peer.h"
#include "bff/http/upgrade.h"
#include "bff/proxy/proxy_cache.h"
#include "bff/proxy/proxy_request.h"
#include "bff/proxy/proxy_transform.h"
#include "bff/proxy/proxy_upload.h"
#include "bff/proxy/spool.h"

static void put_set(struct text_builder *out, const struct plain_fields *fields)
{
    for (size_t i = 0; i < fields->count; i++)
        if (fields->rows[i].value.at != NULL)
            text_builder_field(out, fields->rows[i].name, fields->rows[i].value);
}

/* True when the response is stored for all users, so that the service must not know who asks. */
static bool hides_user(const struct proxy_ask *ask)
{
    return ask->cached != NULL && proxy_cache_hides_user(ask->cached);
}

/* True for a field that is left out because the response may be stored. */
static bool is_for_one(const struct proxy_ask *ask, struct text name)
{
    if (ask->cached == NULL)
        return false;
    if (proxy_cache_fills(ask->cached) && cache_validators_is_condition(name))
        return true;
    return hides_user(ask) && (text_equal_nocase(name, TEXT("authorization")) ||
                               text_equal_nocase(name, TEXT("cookie")));
}

/* True for a field of the client that the service gets from the caller instead, or not at all. */
static bool is_callers(const struct proxy_ask *ask, struct text name)
{
    const struct caller *caller = ask->caller;

    if (caller_writes(caller, name))
        return true;
    if (text_equal_nocase(name, TEXT("authorization")))
        return caller->hides_authorization || caller->authorization.at != NULL;
    return caller->cookies.at != NULL && text_equal_nocase(name, TEXT("cookie"));
}

static bool is_withheld(const struct proxy_ask *ask, struct text name)
{
    const char *const *withheld = ask->settings->withheld;

    for (; withheld != NULL && *withheld != NULL; withheld++)
        if (text_equal_nocase(name, text_of(*withheld)))
            return true;
    return false;
}

/* True for a field that is passed on as the client wrote it. */
static bool passes(const struct proxy_ask *ask, struct text nominated, struct text name)
{
    if (!field_may_pass(name) || plain_route_changes(&ask->route->request, name) ||
        is_withheld(ask, name) || is_for_one(ask, name) || is_callers(ask, name) ||
        plain_transform_name(&ask->route->transform.request_names, name).at == NULL)
        return false;
    return !field_is_nominated(nominated, name);
}

static void put_client_fields(struct text_builder *out, struct request *request,
                              const struct proxy_ask *ask)
{
    struct text nominated = request_list(request, "connection");
    const struct plain_fields *names = &ask->route->transform.request_names;

    for (size_t i = 0; i < request_field_count(request); i++) {
        struct request_field field = request_field(request, i);
        if (field_is_value(field.value) && passes(ask, nominated, field.name))
            text_builder_field(out, plain_transform_name(names, field.name), field.value);
    }
}

/* A response that may be stored is for others, too, so it must not depend on what this client
 * writes there. */
static void put_baggage(struct text_builder *out, struct request *request,
                        const struct proxy_ask *ask)
{
    struct text baggage = {0};

    if (ask->cached == NULL || !proxy_cache_fills(ask->cached))
        baggage = baggage_of(request);
    if (baggage.at != NULL && !plain_route_changes(&ask->route->request, TEXT("baggage")))
        text_builder_field(out, TEXT("baggage"), baggage);
}

static void put_forwarded(struct text_builder *out, const struct request_peer *peer)
{
    text_builder_field(out, TEXT("x-real-ip"), peer->client);
    text_builder_field(out, TEXT("x-forwarded-for"), peer->chain);
    text_builder_field(out, TEXT("x-forwarded-proto"), peer->proto);
    if (peer->host.len > 0)
        text_builder_field(out, TEXT("x-forwarded-host"), peer->host);
}

/* A body that was read as a whole has a length, even when the client sent it in chunks. So does a
 * streamed one when the client has said it. */
static void put_framing(struct text_builder *out, struct request *request,
                        const struct proxy_ask *ask)
{
    bool is_streamed = ask->spool == NULL && proxy_upload_is_streamed(request);
    size_t len = ask->spool != NULL ? spool_size(ask->spool)
                 : is_streamed      ? request->body->length
                                    : proxy_request_body(request, ask).len;

    if (is_streamed && len == BODY_NO_LENGTH) {
        text_builder_add(out, TEXT("transfer-encoding: chunked\r\n"));
        return;
    }
    if (len > 0 || method_has_body(proxy_request_method(request, ask->route)))
        text_builder_field(out, TEXT("content-length"), pool_print(request->pool, "%zu", len));
}

static struct text via(struct request *request, const struct proxy_ask *ask)
{
    const char *version = request_is_http2(request)           ? "2.0"
                          : request_version(request) == 0x100 ? "1.0"
                                                              : "1.1";
    struct text theirs = request_list(request, "via");

    if (theirs.len == 0 || !field_is_value(theirs))
        return pool_print(request->pool, "%s %.*s", version, TEXT_ARGS(ask->settings->server));
    return pool_print(request->pool, "%.*s, %s %.*s", TEXT_ARGS(theirs), version,
                      TEXT_ARGS(ask->settings->server));
}

/* What the service learns of the caller. */
static void put_caller(struct text_builder *out, const struct proxy_ask *ask)
{
    const struct caller *caller = ask->caller;

    if (hides_user(ask))
        return;
    if (caller->authorization.at != NULL &&
        !plain_route_changes(&ask->route->request, TEXT("authorization")))
        text_builder_field(out, TEXT("authorization"), caller->authorization);
    if (caller->cookies.len > 0 && !plain_route_changes(&ask->route->request, TEXT("cookie")))
        text_builder_field(out, TEXT("cookie"), caller->cookies);
    caller_put(caller, ask->route->service, out);
}

bool proxy_request_wants_upgrade(const struct request *request, const struct plain_route *route)
{
    return route->may_upgrade && upgrade_is_wanted(request, "websocket");
}

struct text proxy_request_method(const struct request *request, const struct plain_route *route)
{
    if (route->transform.method.at == NULL || text_is(request->method, "HEAD"))
        return request->method;
    return route->transform.method;
}

struct text proxy_request_body(const struct request *request, const struct proxy_ask *ask)
{
    if (ask->transform != NULL && ask->transform->has_body)
        return ask->transform->body;
    return request_body(request);
}

struct text proxy_request_fields(struct request *request, const struct proxy_ask *ask)
{
    struct text tracestate = request_id_tracestate(request);
    struct text_builder out;

    text_builder_init(&out, request->pool, 1024);
    put_client_fields(&out, request, ask);
    text_builder_add(&out, ask->mock_line);
    put_baggage(&out, request, ask);
    put_forwarded(&out, request->peer);
    text_builder_field(&out, TEXT("via"), via(request, ask));
    if (tracestate.at != NULL)
        text_builder_field(&out, TEXT("tracestate"), tracestate);
    text_builder_field(&out, TEXT("x-request-id"), request->id);
    put_caller(&out, ask);
    if (ask->cached != NULL && proxy_cache_fills(ask->cached) && ask->cached->entry != NULL)
        cache_validators_ask(&out, ask->cached->entry);
    if (proxy_request_wants_upgrade(request, ask->route))
        text_builder_add(&out, TEXT("connection: upgrade\r\nupgrade: websocket\r\n"));
    put_framing(&out, request, ask);
    put_set(&out, &ask->route->request);
    return text_builder_text(&out);
}

struct text proxy_request_origin(const struct request *request, struct pool *pool)
{
    struct text_builder out;

    text_builder_init(&out, pool, 64);
    text_builder_add(&out, request->peer->proto);
    text_builder_add(&out, TEXT("://"));
    text_builder_add(&out, request->peer->host);
    return text_builder_text(&out);
}
