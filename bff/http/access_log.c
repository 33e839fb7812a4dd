/*
 * See access_log.h. What could be a secret is never looked at here: the query, header fields,
 * bodies.
 */
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/traceparent.h"
#include "bff/http/access_log.h"
#include "bff/http/request.h"

/* A refused request may be called anything, at any length. */
#define METHOD_BYTES ((size_t)32)
#define PATH_BYTES ((size_t)4096)

#define STATUS_CLIENT_LEFT 499 /* before there was an answer */

static void member(struct log_line *line, struct text name_and_colon, struct text value)
{
    log_line_raw(line, name_and_colon);
    log_line_string(line, value);
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

/* Ids are made of letters, digits and the like: request_id.c sees to that. */
static void put_who(struct log_line *line, const struct request *request)
{
    const struct client *client = request->client;

    log_line_raw(line, TEXT(",\"event\":\"request\",\"id\":\""));
    log_line_raw(line, request->id);
    log_line_raw(line, TEXT("\",\"trace\":\""));
    log_line_raw(line, traceparent_trace(request->traceparent));
    log_line_raw(line, TEXT("\",\"client\":"));
    log_line_string(line, client->address[0] == '\0' ? (struct text){0} : text_of(client->address));
}

static void put_what(struct log_line *line, const struct request *request)
{
    member(line, TEXT(",\"method\":"), at_most(request->method, METHOD_BYTES));
    member(line, TEXT(",\"path\":"), at_most(request->path, PATH_BYTES));
    member(line, TEXT(",\"protocol\":"), protocol(request->h2o->version));
    member(line, TEXT(",\"tls\":"), text_of(request->client->tls));
}

static void put_outcome(struct log_line *line, const struct request *request)
{
    const h2o_req_t *h2o = request->h2o;

    log_line_raw(line, TEXT(",\"status\":"));
    log_line_number(line, h2o->res.status == 0 ? STATUS_CLIENT_LEFT : h2o->res.status);
    log_line_raw(line, TEXT(",\"bytes\":"));
    log_line_number(line, (int64_t)h2o->bytes_sent);
    log_line_raw(line, TEXT(",\"duration_ms\":"));
    log_line_ms(line, clock_now_ns() - request->began_ns, 3);
    member(line, TEXT(",\"user\":"), request->user);
}

void access_log_write(const struct request *request)
{
    struct log_line *line = log_begin();

    log_line_raw(line, TEXT("{\"time\":"));
    log_line_time(line, clock_wall_ms());
    put_who(line, request);
    put_what(line, request);
    put_outcome(line, request);
    if (request->log_parts != NULL) {
        log_line_raw(line, TEXT(",\"parts\":"));
        request->log_parts(line, request->parts);
    }
    log_line_raw(line, TEXT("}"));
    log_send(line);
}
