/*
 * See access_log.h. This file reads nothing that could be a secret: no query, no header field, no
 * body.
 */
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/traceparent.h"
#include "bff/http/body.h"
#include "bff/http/request.h"
#include "bff/http/request_peer.h"
#include "bff/observe/access_log.h"
#include "bff/observe/part_report.h"
#include "bff/observe/route_report.h"

/* The most bytes of each that are logged, because the method and the path of a refused request may
 * have any length. */
#define METHOD_BYTES ((size_t)32)
#define PATH_BYTES ((size_t)4096)

#define STATUS_CLIENT_LEFT 499 /* the client left before there was an answer (nginx's number) */

static void member(struct log_line *line, struct text name_and_colon, struct text value)
{
    log_line_raw(line, name_and_colon);
    log_line_string(line, value);
}

static void number(struct log_line *line, struct text name_and_colon, int64_t value)
{
    log_line_raw(line, name_and_colon);
    log_line_number(line, value);
}

static struct text at_most(struct text text, size_t bytes)
{
    return (struct text){text.at, text.len < bytes ? text.len : bytes};
}

static struct text protocol(int version)
{
    if (version >= 0x200)
        return TEXT("HTTP/2");
    return version == 0x100 ? TEXT("HTTP/1.0") : TEXT("HTTP/1.1");
}

/* The guard runs before the client is found. For a request that it refuses, this is the address of
 * the connection. */
static struct text client_of_line(const struct request *request)
{
    const char *address = request->client->address;

    if (address[0] == '\0')
        return (struct text){0};
    return request->peer != NULL ? request->peer->client : text_of(address);
}

/* A request id needs no escaping, because request_id.c accepts no bytes that would need it. */
static void put_who(struct log_line *line, const struct request *request)
{
    log_line_raw(line, TEXT(",\"event\":\"request\",\"id\":\""));
    log_line_raw(line, request->id);
    log_line_raw(line, TEXT("\",\"trace\":\""));
    log_line_raw(line, traceparent_trace(request->traceparent));
    member(line, TEXT("\",\"client\":"), client_of_line(request));
}

static void put_what(struct log_line *line, const struct request *request)
{
    member(line, TEXT(",\"method\":"), at_most(request->method, METHOD_BYTES));
    member(line, TEXT(",\"path\":"), at_most(request->path, PATH_BYTES));
    member(line, TEXT(",\"protocol\":"), protocol(request_version(request)));
    member(line, TEXT(",\"tls\":"), text_of(request->client->tls));
}

static void put_outcome(struct log_line *line, const struct request *request)
{
    int status = request_status(request);

    number(line, TEXT(",\"status\":"), status == 0 ? STATUS_CLIENT_LEFT : status);
    number(line, TEXT(",\"bytes\":"), (int64_t)request_bytes_sent(request));
    log_line_raw(line, TEXT(",\"duration_ms\":"));
    int64_t ended_ns = request->ended_ns != 0 ? request->ended_ns : clock_now_ns();
    log_line_ms(line, ended_ns - request->began_ns, 3);
    member(line, TEXT(",\"user\":"), request->user);
}

static struct text outcome(enum reason reason, bool is_cancelled)
{
    if (is_cancelled)
        return TEXT("cancelled");
    return reason == REASON_NONE ? TEXT("ok") : text_of(reason_name(reason));
}

static void put_api_key(struct log_line *line, const struct request *request)
{
    if (request->api_key.at != NULL)
        member(line, TEXT(",\"api_key\":"), request->api_key);
}

/* Why there is no user. */
static void put_login(struct log_line *line, const struct request *request)
{
    if (request->login_fault != NULL)
        member(line, TEXT(",\"login\":"), text_of(request->login_fault));
}

static void put_authorizer(struct log_line *line, const struct request *request)
{
    if (request->authorizer != NULL)
        member(line, TEXT(",\"authorizer\":"), text_of(request->authorizer));
}

static void put_idempotency(struct log_line *line, const struct request *request)
{
    if (request->idempotency != NULL)
        member(line, TEXT(",\"idempotency\":"), text_of(request->idempotency));
}

static void put_limit(struct log_line *line, const struct request *request)
{
    if (request->limit.at != NULL)
        member(line, TEXT(",\"limit\":"), request->limit);
}

/* An upload that did not come as a whole is only a failure if that is why there is no answer. The
 * bytes of bodies that are streamed or spooled are always told. */
static void put_upload(struct log_line *line, const struct request *request)
{
    const struct body *body = request->body;

    bool is_answered =
        request_status(request) != 0 && request_status(request) != STATUS_CLIENT_LEFT;
    bool is_cut = !is_answered && body != NULL && !(body->is_over && body->end == BODY_WHOLE);

    if (is_cut)
        log_line_raw(line, request->client->is_slow ? TEXT(",\"upload\":\"timeout\"")
                                                    : TEXT(",\"upload\":\"cut\""));
    if (is_cut || (body != NULL && body->is_streamed))
        number(line, TEXT(",\"received\":"), (int64_t)body->len);
}

static void put_attempts(struct log_line *line, const struct attempts_report *attempts)
{
    if (attempts->endpoint.at != NULL)
        member(line, TEXT(",\"endpoint\":"), attempts->endpoint);
    number(line, TEXT(",\"retries\":"), attempts->retries);
    if (attempts->retried.at != NULL)
        member(line, TEXT(",\"retried\":"), attempts->retried);
    if (attempts->is_hedged)
        member(line, TEXT(",\"hedge\":"), attempts->has_hedge_won ? TEXT("won") : TEXT("lost"));
}

/* Plain routes. */

static void put_route(struct log_line *line, const struct request *request)
{
    const struct route_report *passed = request->passed;

    if (request->route.at == NULL)
        return;
    member(line, TEXT(",\"route\":"), request->route);
    if (passed == NULL)
        return;
    member(line, TEXT(",\"service\":"), passed->service);
    member(line, TEXT(",\"outcome\":"), outcome(passed->reason, passed->is_cancelled));
    if (passed->cache.at != NULL)
        member(line, TEXT(",\"cache\":"), passed->cache);
    if (passed->mirror.at != NULL)
        member(line, TEXT(",\"mirror\":"), passed->mirror);
    if (passed->cache.at == NULL || passed->attempts.endpoint.at != NULL)
        put_attempts(line, &passed->attempts);
}

/* Parts. */

static void put_call(struct log_line *line, const struct part_report *part)
{
    member(line, TEXT(",\"service\":"), part->service);
    put_attempts(line, &part->attempts);
    if (part->status != 0)
        number(line, TEXT(",\"status\":"), part->status);
}

static void put_part(struct log_line *line, const struct part_report *part)
{
    log_line_string(line, part->name);
    log_line_raw(line, TEXT(":{\"outcome\":\""));
    log_line_raw(line, outcome(part->reason, part->is_cancelled));
    log_line_raw(line, TEXT("\",\"ms\":"));
    log_line_ms(line, part->took_ns, 1);
    if (part->is_list)
        number(line, TEXT(",\"calls\":"), (int64_t)part->calls);
    if (part->cache.at != NULL)
        member(line, TEXT(",\"cache\":"), part->cache);
    if (part->has_call)
        put_call(line, part);
    log_line_raw(line, TEXT("}"));
}

static void put_parts(struct log_line *line, const struct request *request)
{
    bool has_any = false;

    log_line_raw(line, TEXT(",\"parts\":{"));
    for (size_t i = 0; i < request->part_count; i++) {
        if (request->parts[i].is_unchosen)
            continue;
        log_line_raw(line, has_any ? TEXT(",") : TEXT(""));
        put_part(line, &request->parts[i]);
        has_any = true;
    }
    log_line_raw(line, TEXT("}"));
}

void access_log_write(const struct request *request)
{
    struct log_line *line = log_begin();

    log_line_raw(line, TEXT("{\"time\":"));
    log_line_time(line, clock_wall_ms());
    put_who(line, request);
    put_what(line, request);
    put_outcome(line, request);
    put_api_key(line, request);
    put_login(line, request);
    put_authorizer(line, request);
    put_limit(line, request);
    put_idempotency(line, request);
    put_upload(line, request);
    put_route(line, request);
    if (request->parts != NULL)
        put_parts(line, request);
    log_line_raw(line, TEXT("}"));
    log_send(line);
}

static void on_over(struct observed *observed, const struct request *request)
{
    access_log_write(request);
}

const struct observer access_log_observer = {.on_over = on_over};
