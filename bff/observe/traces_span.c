/*
 * See traces_span.h. The attributes are those of "Semantic Conventions for HTTP Spans". No span has
 * a query, a header field other than User-Agent, a body, or a user.
 */
#include "bff/base/traceparent.h"
#include "bff/http/method.h"
#include "bff/http/request_peer.h"
#include "bff/observe/route_report.h"
#include "bff/observe/traces_span.h"

#define METHOD_BYTES ((size_t)32) /* the longest one that is reported */
#define PORT_MAX 65535

/* Sets each member on its own, because the attributes need not be cleared. */
static void begin(struct span *span, enum span_kind kind, struct text traceparent)
{
    span->kind = kind;
    span->traceparent = traceparent;
    span->parent = (struct text){0};
    span->is_parent_remote = span->is_failed = false;
    span->attribute_count = span->event_count = 0;
}

/* Writes the texts one after another to ${room}, and cuts them at its end. */
static struct text join(char *room, size_t bytes, const struct text *texts, size_t count)
{
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        size_t some = texts[i].len < bytes - len ? texts[i].len : bytes - len;
        if (some > 0)
            memcpy(room + len, texts[i].at, some);
        len += some;
    }
    return (struct text){room, len};
}

/* Returns the method as the conventions want it. */
static struct text add_method(struct span *span, struct text method)
{
    bool is_known =
        method_is_known(method) || text_is(method, "TRACE") || text_is(method, "CONNECT");

    span_add_text(span, TEXT("http.request.method"), is_known ? method : TEXT("_OTHER"));
    if (is_known)
        return method;
    if (method.len > METHOD_BYTES)
        method.len = METHOD_BYTES;
    span_add_text(span, TEXT("http.request.method_original"), method);
    return TEXT("HTTP");
}

/* Requests. */

static struct text version_of(const struct request *request)
{
    int version = request_version(request);

    if (version >= 0x200)
        return TEXT("2");
    return version == 0x100 ? TEXT("1.0") : TEXT("1.1");
}

/* Adds host[:port]. */
static void add_server(struct span *span, struct text host)
{
    const char *colon = host.len == 0 ? NULL : memrchr(host.at, ':', host.len);
    struct text name = host, port = {0};
    uint64_t number;

    if (colon != NULL && memchr(colon, ']', (size_t)(host.at + host.len - colon)) == NULL) {
        name.len = (size_t)(colon - host.at);
        port = (struct text){colon + 1, host.len - name.len - 1};
    }
    if (name.len > 2 && name.at[0] == '[')
        name = (struct text){name.at + 1, name.len - 2};
    span_add_text(span, TEXT("server.address"), name);
    if (port.len > 0 && text_number(port, PORT_MAX, &number) == 0)
        span_add_number(span, TEXT("server.port"), (int64_t)number);
}

/* The guard runs before the peer is found. */
static void add_client(struct span *span, const struct request *request)
{
    const struct request_peer *peer = request->peer;
    struct text address = text_of(request->client->address);
    struct text scheme = request->client->tls != NULL ? TEXT("https") : TEXT("http");

    span_add_text(span, TEXT("url.scheme"),
                  peer != NULL && peer->proto.len > 0 ? peer->proto : scheme);
    if (peer != NULL)
        address = peer->client;
    if (address.len > 0)
        span_add_text(span, TEXT("client.address"), address);
    add_server(span, peer != NULL && peer->host.len > 0 ? peer->host : request->host);
}

static void add_outcome(struct span *span, const struct request *request)
{
    const struct route_report *passed = request->passed;
    int status = request_status(request);

    if (status != 0)
        span_add_number(span, TEXT("http.response.status_code"), status);
    else
        span_add_true(span, TEXT("bff.client_left"));
    if (passed != NULL && passed->cache.at != NULL)
        span_add_text(span, TEXT("bff.cache"), passed->cache);
    if (status >= 500)
        span_fail_status(span, status);
    else if (passed != NULL && passed->reason != REASON_NONE && !passed->is_cancelled)
        span_fail(span, text_of(reason_name(passed->reason)));
}

void traces_span_request(struct span *span, const struct request *request, int64_t ended_ns,
                         struct traces_span_room *room)
{
    begin(span, SPAN_SERVER, request->traceparent);
    span->parent = request->parent;
    span->is_parent_remote = request->parent.at != NULL;
    span->started_ns = request->head_ns;
    span->ended_ns = ended_ns;
    struct text method = add_method(span, request->method);
    const struct text words[] = {method, TEXT(" "), request->pattern};
    span->name =
        request->pattern.at == NULL ? method : join(room->name, sizeof(room->name), words, 3);
    span_add_text(span, TEXT("http.route"), request->pattern);
    span_add_text(span, TEXT("url.path"), request->path);
    add_client(span, request);
    span_add_text(span, TEXT("user_agent.original"), request_agent(request));
    span_add_text(span, TEXT("network.protocol.version"), version_of(request));
    span_add_text(span, TEXT("bff.request_id"), request->id);
    add_outcome(span, request);
}

/* Parts. */

void traces_span_part(struct span *span, const struct request *request, size_t number,
                      struct traces_span_room *room)
{
    const struct part_report *part = &request->parts[number];
    const struct text words[] = {TEXT("part "), part->name};

    traceparent_part(request->traceparent, (unsigned)number + 1, room->traceparent);
    begin(span, SPAN_INTERNAL, (struct text){room->traceparent, TRACEPARENT_LEN});
    span->parent = traceparent_span(request->traceparent);
    span->started_ns = part->started_ns;
    span->ended_ns = part->started_ns + part->took_ns;
    span->name = join(room->name, sizeof(room->name), words, 2);
    span_add_text(span, TEXT("bff.part"), part->name);
    span_add_text(span, TEXT("bff.cache"), part->cache);
    if (part->is_list)
        span_add_number(span, TEXT("bff.calls"), (int64_t)part->calls);
    if (part->is_cancelled)
        span_add_true(span, TEXT("bff.cancelled"));
    else if (part->reason != REASON_NONE)
        span_fail(span, text_of(reason_name(part->reason)));
}

/* Attempts. */

/* The target without its query, because a query may have secrets. */
static void add_url(struct span *span, const struct call_report *report,
                    struct traces_span_room *room)
{
    const struct service_endpoint *at = report->endpoint->at;
    struct text rest = report->ask->target, path = text_cut(&rest, '?');
    const struct text texts[] = {at->is_tls ? TEXT("https://") : TEXT("http://"),
                                 text_of(at->authority), path};

    span_add_text(span, TEXT("url.full"), join(room->url, sizeof(room->url), texts, 3));
    span_add_text(span, TEXT("server.address"), text_of(at->host));
    span_add_number(span, TEXT("server.port"), at->port);
    if (report->endpoint->is_address)
        span_add_text(span, TEXT("bff.endpoint"), report->endpoint->label);
}

static void add_times(struct span *span, const struct call_report *report)
{
    if (!report->is_reused && report->connected_ns != 0)
        span_add_event(span, TEXT("connected"), report->connected_ns);
    if (report->first_byte_ns != 0)
        span_add_event(span, TEXT("first byte"), report->first_byte_ns);
}

/* A status of 4xx is an error of a client's span, but not of a server's. */
static void add_answer(struct span *span, const struct call_report *report)
{
    if (report->status != 0)
        span_add_number(span, TEXT("http.response.status_code"), report->status);
    if (report->number > 0)
        span_add_number(span, TEXT("http.request.resend_count"), report->number);
    if (report->is_reused)
        span_add_true(span, TEXT("bff.connection_reused"));
    if (report->is_hedge)
        span_add_true(span, TEXT("bff.hedge"));
    if (report->is_cancelled)
        span_add_true(span, TEXT("bff.cancelled"));
    if (report->status >= 400)
        span_fail_status(span, report->status);
    else if (report->reason != REASON_NONE)
        span_fail(span, text_of(reason_name(report->reason)));
}

void traces_span_call(struct span *span, const struct call_report *report,
                      struct traces_span_room *room)
{
    begin(span, SPAN_CLIENT, report->traceparent);
    span->parent = traceparent_span(report->ask->traceparent);
    span->started_ns = report->started_ns;
    span->ended_ns = report->ended_ns;
    span->name = add_method(span, report->ask->method);
    add_url(span, report, room);
    span_add_text(span, TEXT("network.protocol.version"), TEXT("1.1"));
    span_add_text(span, TEXT("peer.service"), text_of(report->service->name));
    add_answer(span, report);
    add_times(span, report);
}

/* The tail. */

bool traces_span_is_failure(const struct request *request)
{
    const struct route_report *passed = request->passed;

    if (request_status(request) >= 500)
        return true;
    if (passed != NULL && passed->reason != REASON_NONE && !passed->is_cancelled)
        return true;
    for (size_t i = 0; i < request->part_count; i++)
        if (request->parts[i].reason != REASON_NONE && !request->parts[i].is_cancelled)
            return true;
    return false;
}
