/* The header fields of a proxied request and of its answer. See proxying.h. */
#include <netdb.h>

#include "bff/base/text_builder.h"
#include "bff/edge/cors.h"
#include "bff/http/field.h"
#include "bff/http/method.h"
#include "bff/http/request_id.h"
#include "bff/http/reply.h"
#include "bff/base/status.h"
#include "bff/proxy/proxying.h"

/* Up. */

static struct text text_of_iovec(h2o_iovec_t iovec) { return (struct text){iovec.base, iovec.len}; }

static bool is_set(const struct plain_fields *fields, struct text name)
{
    for (size_t i = 0; i < fields->count; i++)
        if (text_equal_nocase(fields->rows[i].name, name))
            return true;
    return false;
}

static void put_set(struct text_builder *out, const struct plain_fields *fields)
{
    for (size_t i = 0; i < fields->count; i++)
        if (fields->rows[i].value.at != NULL)
            text_builder_field(out, fields->rows[i].name, fields->rows[i].value);
}

/* True for what is passed on as the client wrote it. */
static bool passes(const struct proxy_ask *ask, struct text nominated, struct text name)
{
    if (!field_may_pass(name) || is_set(&ask->route->request, name) ||
        (text_equal_nocase(name, TEXT("x-mock")) && !ask->settings->is_mock))
        return false;
    return !field_is_nominated(nominated, name);
}

/* HTTP/2 may have cut Cookie in pieces; HTTP/1.1 has one (RFC 9113 section 8.2.3). */
static void put_cookie(struct text_builder *out, const h2o_headers_t *headers)
{
    bool has_any = false;

    for (size_t i = 0; i < headers->size; i++) {
        if (!text_is(text_of_iovec(*headers->entries[i].name), "cookie"))
            continue;
        text_builder_add(out, has_any ? TEXT("; ") : TEXT("cookie: "));
        text_builder_add(out, text_of_iovec(headers->entries[i].value));
        has_any = true;
    }
    if (has_any)
        text_builder_add(out, TEXT("\r\n"));
}

static void put_client_fields(struct text_builder *out, struct request *request,
                              const struct proxy_ask *ask)
{
    const h2o_headers_t *headers = &request->h2o->headers;
    struct text nominated = request_list(request, "connection");

    for (size_t i = 0; i < headers->size; i++) {
        struct text name = text_of_iovec(*headers->entries[i].name);
        struct text value = text_of_iovec(headers->entries[i].value);
        if (!text_is(name, "cookie") && field_is_value(value) && passes(ask, nominated, name))
            text_builder_field(out, name, value);
    }
    if (passes(ask, nominated, TEXT("cookie")))
        put_cookie(out, headers);
}

static struct text peer_name(struct request *request, struct sockaddr_storage *peer)
{
    char host[NI_MAXHOST];
    h2o_conn_t *conn = request->h2o->conn;
    socklen_t len = conn->callbacks->get_peername(conn, (struct sockaddr *)peer);

    if (len == 0 ||
        getnameinfo((struct sockaddr *)peer, len, host, sizeof(host), NULL, 0, NI_NUMERICHOST) != 0)
        return TEXT("unknown");
    return pool_text(request->pool, text_of(host));
}

/* The client as the nearest address that is no proxy of ours (RFC 7239 section 8.1 tells why from
 * the right: what stands further left anybody can have written). What is no address ends the
 * search. */
static struct text real_client(const struct trusted *trusted, struct text chain, struct text peer)
{
    struct text real = peer;

    while (chain.len > 0) {
        const char *comma = memrchr(chain.at, ',', chain.len);
        size_t begin = comma == NULL ? 0 : (size_t)(comma + 1 - chain.at);
        struct text one = text_trim((struct text){chain.at + begin, chain.len - begin});
        if (!trusted_is_address(one))
            break;
        real = one;
        if (comma == NULL || !trusted_has_text(trusted, one))
            break;
        chain.len = begin - 1;
    }
    return real;
}

/* What a client is said to be: by the connection (HTTP/2's :scheme is the client's word), or by a
 * proxy that is believed. */
struct forwarded {
    struct text real, chain, proto, host;
};

static void believe(struct forwarded *forwarded, struct request *request,
                    const struct trusted *trusted)
{
    /* A proxy may add a line of its own behind what its client wrote. */
    struct text chain = request_list(request, "x-forwarded-for");
    struct text proto = request_header(request, "x-forwarded-proto");
    struct text host = request_header(request, "x-forwarded-host");

    if (chain.len > 0 && field_is_value(chain)) {
        forwarded->real = real_client(trusted, chain, forwarded->real);
        forwarded->chain =
            pool_print(request->pool, "%.*s, %.*s", TEXT_ARGS(chain), TEXT_ARGS(forwarded->chain));
    }
    if (field_is_token(proto))
        forwarded->proto = proto;
    if (host.len > 0 && field_is_value(host))
        forwarded->host = host;
}

static void put_forwarded(struct text_builder *out, struct request *request,
                          const struct proxy_ask *ask)
{
    struct sockaddr_storage peer = {0};
    struct text name = peer_name(request, &peer);
    struct forwarded forwarded = {
        .real = name,
        .chain = name,
        .proto = request->client->tls != NULL ? TEXT("https") : TEXT("http"),
        .host = request->host,
    };

    if (trusted_has(ask->settings->trusted, (const struct sockaddr *)&peer))
        believe(&forwarded, request, ask->settings->trusted);
    text_builder_field(out, TEXT("x-real-ip"), forwarded.real);
    text_builder_field(out, TEXT("x-forwarded-for"), forwarded.chain);
    text_builder_field(out, TEXT("x-forwarded-proto"), forwarded.proto);
    if (forwarded.host.len > 0)
        text_builder_field(out, TEXT("x-forwarded-host"), forwarded.host);
}

/* The body has been read as a whole, so its length is known, however it came. */
static void put_framing(struct text_builder *out, struct request *request)
{
    size_t len = request->h2o->entity.len;

    if (len > 0 || method_has_body(request->method))
        text_builder_field(out, TEXT("content-length"), pool_print(request->pool, "%zu", len));
}

static struct text via(struct request *request, const struct proxy_ask *ask)
{
    const char *version = request_is_http2(request)        ? "2.0"
                          : request->h2o->version == 0x100 ? "1.0"
                                                           : "1.1";
    struct text theirs = request_list(request, "via");

    if (theirs.len == 0 || !field_is_value(theirs))
        return pool_print(request->pool, "%s %.*s", version, TEXT_ARGS(ask->settings->server));
    return pool_print(request->pool, "%.*s, %s %.*s", TEXT_ARGS(theirs), version,
                      TEXT_ARGS(ask->settings->server));
}

struct text proxying_request_fields(struct request *request, const struct proxy_ask *ask)
{
    struct text tracestate = request_id_tracestate(request);
    struct text_builder out;

    text_builder_init(&out, request->pool, 1024);
    put_client_fields(&out, request, ask);
    put_forwarded(&out, request, ask);
    text_builder_field(&out, TEXT("via"), via(request, ask));
    if (tracestate.at != NULL)
        text_builder_field(&out, TEXT("tracestate"), tracestate);
    text_builder_field(&out, TEXT("x-request-id"), request->id);
    if (ask->user != NULL) {
        text_builder_field(&out, TEXT("x-user-id"), ask->user->id);
        if (ask->user->role.len > 0)
            text_builder_field(&out, TEXT("x-user-role"), ask->user->role);
    }
    if (proxying_wants_upgrade(request, ask->route))
        text_builder_add(&out, TEXT("connection: upgrade\r\nupgrade: websocket\r\n"));
    put_framing(&out, request);
    put_set(&out, &ask->route->request);
    return text_builder_text(&out);
}

/* Down. */

static bool is_nominated(const struct exchange_head *head, struct text name)
{
    for (size_t i = 0; i < head->field_count; i++)
        if (text_equal_nocase(head->fields[i].name, TEXT("connection")) &&
            field_is_nominated(head->fields[i].value, name))
            return true;
    return false;
}

static void add_field(struct request *request, struct text name, struct text value)
{
    char *lower = pool_take(request->pool, name.len + 1);
    struct text kept = pool_text(request->pool, value);

    text_lower(lower, name);
    h2o_add_header_by_str(&request->h2o->pool, &request->h2o->res.headers, lower, name.len, 1, NULL,
                          kept.at, kept.len);
}

static void add_fields(struct proxying *proxying, const struct exchange_head *head)
{
    const struct plain_fields *change = &proxying->ask.route->response;

    for (size_t i = 0; i < head->field_count; i++) {
        struct text name = head->fields[i].name, value = head->fields[i].value;
        if (!field_may_return(name) || is_set(change, name) || is_nominated(head, name) ||
            (proxying->ask.settings->hides_cors && cors_is_cors_field(name)) ||
            !field_is_value(value))
            continue;
        add_field(proxying->request, name, value);
    }
    for (size_t i = 0; i < change->count; i++)
        if (change->rows[i].value.at != NULL)
            add_field(proxying->request, change->rows[i].name, change->rows[i].value);
    reply_add_common(proxying->request);
}

/* What a HEAD's or a 304's Content-Length says of the body that is not there. */
static size_t promised_length(const struct exchange_head *head)
{
    uint64_t length;

    for (size_t i = 0; i < head->field_count; i++)
        if (text_equal_nocase(head->fields[i].name, TEXT("content-length")) &&
            text_number(head->fields[i].value, SIZE_MAX - 1, &length) == 0)
            return (size_t)length;
    return SIZE_MAX;
}

void proxying_set_head(struct proxying *proxying, const struct exchange_head *head)
{
    struct request *request = proxying->request;

    request->h2o->res.status = head->status;
    request->h2o->res.reason = status_phrase(head->status);
    request->h2o->res.content_length = SIZE_MAX;
    if (head->framing == EXCHANGE_LENGTH)
        request->h2o->res.content_length = (size_t)head->length;
    else if (head->framing == EXCHANGE_NO_BODY && head->status != 204)
        request->h2o->res.content_length = promised_length(head);
    add_fields(proxying, head);
    if (request->worker->is_draining)
        request->h2o->http1_is_persistent = 0;
}
