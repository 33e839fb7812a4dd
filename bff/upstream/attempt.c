/* See attempt.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/upstream/attempt.h"

/* The request. */

static void put(struct attempt *attempt, struct text piece)
{
    if (piece.len > 0)
        attempt->pieces[attempt->request.count++] = h2o_iovec_init(piece.at, piece.len);
}

/* Writes the method and the space after it as one piece, because every piece costs time in the
 * kernel. */
static void put_method(struct attempt *attempt, struct text method)
{
    if (method.len >= sizeof(attempt->method)) {
        put(attempt, method);
        put(attempt, TEXT(" "));
        return;
    }
    memcpy(attempt->method, method.at, method.len);
    attempt->method[method.len] = ' ';
    put(attempt, (struct text){attempt->method, method.len + 1});
}

/* Writes ${text} to ${at}. Returns the place after it. */
static char *copy(char *at, struct text text)
{
    memcpy(at, text.at, text.len);
    return at + text.len;
}

#define TRACE_NAME "traceparent: "

struct text attempt_traceparent(const struct attempt *attempt)
{
    if (attempt->trace_len == 0)
        return (struct text){0};
    return (struct text){attempt->tail + sizeof(TRACE_NAME) - 1, TRACEPARENT_LEN};
}

/* Writes the traceparent field. The attempt's span is a child of the request's span. */
static void write_trace(struct attempt *attempt, const struct attempt_ask *ask)
{
    char *at = attempt->tail;

    attempt->trace_len = 0;
    if (ask->traceparent.len != TRACEPARENT_LEN)
        return;
    at = copy(at, TEXT(TRACE_NAME));
    traceparent_child(ask->random, ask->traceparent, at);
    copy(at + TRACEPARENT_LEN, TEXT("\r\n"));
    attempt->trace_len = ATTEMPT_TRACE_BYTES;
}

/* Ends the head: writes how much time is left at ${now_ns}, at least 1 ms, and the empty line. */
static void end_head(struct attempt *attempt, int64_t now_ns)
{
    int64_t left_ms = (attempt->deadline_ns - now_ns) / CLOCK_MS;
    char *at = attempt->tail + attempt->trace_len, digits[TEXT_DIGITS];

    if (attempt->deadline_ns != INT64_MAX) {
        at = copy(at, TEXT("x-request-deadline-ms: "));
        at = copy(at, text_digits(digits, left_ms > 0 ? (uint64_t)left_ms : 1));
        at = copy(at, TEXT("\r\n"));
    }
    at = copy(at, TEXT("\r\n"));
    *attempt->tail_piece = h2o_iovec_init(attempt->tail, (size_t)(at - attempt->tail));
}

/* Leaves a place for the end of the head, which is written when the request is sent. */
static void put_tail(struct attempt *attempt, const struct attempt_ask *ask)
{
    write_trace(attempt, ask);
    attempt->deadline_ns = ask->deadline_ns;
    attempt->tail_piece = &attempt->pieces[attempt->request.count++];
}

static void put_request(struct attempt *attempt, const struct attempt_ask *ask)
{
    put_method(attempt, ask->method);
    put(attempt, ask->target);
    if (ask->host.at == NULL) {
        put(attempt, ask->endpoint->request_tail);
    } else {
        put(attempt, TEXT(" HTTP/1.1\r\nhost: "));
        put(attempt, ask->host);
        put(attempt, TEXT("\r\n"));
    }
    put(attempt, ask->headers);
    if (ask->caller.len > 0)
        put(attempt, ask->caller);
    put_tail(attempt, ask);
    put(attempt, ask->body);
}

/* The answer. */

static int on_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    struct attempt *attempt = cookie;

    attempt->status = head->status;
    if (attempt->first_byte_ns == 0)
        attempt->first_byte_ns = clock_now_ns();
    if (attempt->user->head(attempt->cookie, head, why) != 0)
        return -1;
    exchange_hand_over(&attempt->connection->exchange, attempt->sink, attempt->sink_cookie);
    return 0;
}

/* Returns no buffer, because the head has not come yet. The function is there because the
 * connection makes its first read a short one when the sink has a room function (see
 * connection.c). */
static char *no_room(void *cookie, size_t *len)
{
    *len = 0;
    return NULL;
}

static const struct exchange_sink head_sink = {.head = on_head};
static const struct exchange_sink head_sink_with_room = {.head = on_head, .room = no_room};

/* The connection. */

/* The upload. */

static void on_upload_written(void *cookie) { upload_written(((struct attempt *)cookie)->upload); }

static void on_upload_moved(void *cookie)
{
    struct attempt *attempt = cookie;

    attempt->user->moved(attempt->cookie);
}

static const struct upload_user upload_user = {.written = on_upload_written,
                                               .moved = on_upload_moved};

static void begin_upload(struct attempt *attempt)
{
    upload_begin(attempt->upload, attempt->connection, &upload_user, attempt);
}

static void on_head_written(void *cookie) { begin_upload(cookie); }

/* The attempt has its connection since ${now_ns}: sends the request. */
static void send_request(struct attempt *attempt, int64_t now_ns)
{
    attempt->connected_ns = now_ns;
    end_head(attempt, now_ns);
    if (connection_ask(attempt->connection, &attempt->request) && attempt->upload != NULL)
        begin_upload(attempt);
}

static void on_opened(void *cookie)
{
    struct attempt *attempt = cookie;

    send_request(attempt, clock_now_ns());
    attempt->user->opened(attempt->cookie);
}

static void on_received(void *cookie)
{
    struct attempt *attempt = cookie;

    if (attempt->first_byte_ns == 0)
        attempt->first_byte_ns = clock_now_ns();
    attempt->user->received(attempt->cookie);
}

static void on_ended(void *cookie, const struct connection_end *end)
{
    struct attempt *attempt = cookie;

    upload_end(attempt->upload);
    attempt->connection = NULL;
    attempt->reason = end->reason;
    attempt->is_unsent = end->is_unsent;
    attempt->is_clean = end->is_clean;
    attempt->received = end->received;
    attempt->ended_ns = end->at_ns;
    attempt->user->ended(attempt->cookie);
}

static const struct connection_user connection_user = {
    .opened = on_opened,
    .received = on_received,
    .ended = on_ended,
};

/* Sets each member on its own, because the buffers of the request need not be cleared. */
static void init(struct attempt *attempt, const struct attempt_ask *ask)
{
    attempt->endpoint = ask->endpoint;
    attempt->reason = REASON_NONE;
    attempt->status = 0;
    attempt->is_unsent = attempt->is_clean = attempt->was_paused = false;
    attempt->started_ns = ask->now_ns;
    attempt->connected_ns = attempt->first_byte_ns = attempt->ended_ns = 0;
    attempt->received = 0;
    attempt->upload = ask->upload;
    attempt->sink = ask->sink;
    attempt->sink_cookie = ask->sink_cookie;
    attempt->request = (struct connection_request){
        .pieces = attempt->pieces,
        .written = ask->upload != NULL ? on_head_written : NULL,
        .about = {.is_head = text_is(ask->method, "HEAD"), .wants_upgrade = ask->wants_upgrade},
        .sink = ask->sink->room == NULL ? &head_sink : &head_sink_with_room,
        .sink_cookie = attempt,
    };
}

void attempt_begin(struct attempt *attempt, const struct attempt_ask *ask,
                   const struct attempt_user *user, void *cookie)
{
    struct endpoint *endpoint = ask->endpoint;

    init(attempt, ask);
    attempt->user = user;
    attempt->cookie = cookie;
    put_request(attempt, ask);
    attempt->connection =
        ask->is_fresh ? NULL : connection_take(endpoint, &connection_user, attempt);
    attempt->is_reused = attempt->connection != NULL;
    if (attempt->is_reused)
        send_request(attempt, ask->now_ns);
    else
        attempt->connection = connection_dial(endpoint, &connection_user, attempt);
}

void attempt_pause(struct attempt *attempt)
{
    if (attempt->connection == NULL)
        return;
    attempt->was_paused = true;
    connection_pause(attempt->connection);
}

void attempt_resume(struct attempt *attempt)
{
    if (attempt->connection != NULL)
        connection_resume(attempt->connection);
}

static void on_written(void *cookie)
{
    struct attempt *attempt = cookie;

    attempt->user->written(attempt->cookie);
}

void attempt_write(struct attempt *attempt, struct text bytes)
{
    must(attempt->connection != NULL);
    attempt->more = h2o_iovec_init(bytes.at, bytes.len);
    connection_write(attempt->connection, &(struct connection_output){
                                              .pieces = &attempt->more,
                                              .count = 1,
                                              .written = on_written,
                                          });
}

bool attempt_is_sent(const struct attempt *attempt)
{
    const struct connection *connection = attempt->connection;

    return connection != NULL && connection->is_asking && connection->out.pieces == NULL &&
           !connection->has_rest;
}

void attempt_stop(struct attempt *attempt, enum reason reason)
{
    must(attempt->connection != NULL);
    upload_end(attempt->upload);
    attempt->reason = reason;
    attempt->received = attempt->connection->exchange.received;
    attempt->is_unsent = !attempt->connection->has_sent;
    attempt->is_clean = attempt->received == 0;
    attempt->ended_ns = clock_now_ns();
    connection_close(attempt->connection);
    attempt->connection = NULL;
}
