/* See connection.h. Dialling is in connection_dial.c, writing in connection_write.c. */
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/upstream/connection.h"
#include "bff/upstream/tls.h"

#define BEHIND_BYTES 16 /* enough to notice bytes after the body */

/* Opening and closing are rare. */
static void count_open(struct connection *connection, bool is_open)
{
    atomic_uint *count = &connection->endpoint->state->connections;

    if (connection->is_open == is_open)
        return;
    connection->is_open = is_open;
    if (is_open)
        atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
    else
        atomic_fetch_sub_explicit(count, 1, memory_order_relaxed);
}

static void leave_idle(struct connection *connection)
{
    if (!h2o_linklist_is_linked(&connection->idle))
        return;
    h2o_linklist_unlink(&connection->idle);
    connection->endpoint->idle_count--;
}

void connection_close(struct connection *connection)
{
    leave_idle(connection);
    count_open(connection, false);
    batch_forget(&connection->receiving);
    batch_forget(&connection->sending);
    timer_clear(connection->endpoint->on->timers, &connection->later);
    exchange_dispose(&connection->exchange);
    tls_end(connection->tls);
    if (connection->socket != NULL)
        h2o_socket_close(connection->socket);
    memory_free(connection);
}

void connection_break(struct connection *connection, enum reason reason)
{
    const struct connection_user *user = connection->user;
    void *cookie = connection->cookie;
    struct connection_end end = {
        .reason = reason,
        .is_unsent = !connection->has_sent,
        .is_clean = !connection->is_asking || !connection->exchange.has_begun,
        .received = connection->exchange.received,
    };

    connection_close(connection);
    if (user == NULL)
        return;
    end.at_ns = clock_now_ns();
    user->ended(cookie, &end);
}

static void keep_idle(struct connection *connection, int64_t now_ns)
{
    struct endpoint *endpoint = connection->endpoint;

    exchange_dispose(&connection->exchange);
    connection->user = NULL;
    connection->is_asking = false;
    connection->is_reused = true;
    connection->idle_ns = now_ns;
    h2o_linklist_insert(endpoint->idle.next, &connection->idle);
    endpoint->idle_count++;
}

/*
 * True when bytes follow the answer, or may still be in the socket. If the connection were used
 * again, these bytes would be read as the answer to the next request.
 */
static bool has_more(const struct connection *connection)
{
    char byte;
    size_t got;

    if (connection->tls == NULL)
        return connection->is_full;
    return tls_read(connection->tls, &byte, sizeof(byte), &got) != TLS_WANT_READ;
}

/* True while the host name has the address of the peer. The two are compared only once after each
 * change of the addresses, because this needs a system call. */
static bool has_address(struct connection *connection)
{
    const struct resolve *addresses = &connection->endpoint->addresses;
    struct resolve_address peer;

    if (connection->resolved == addresses->version)
        return true;
    connection->resolved = addresses->version;
    return resolve_address_of_peer(&peer, h2o_socket_get_fd(connection->socket)) &&
           resolve_has(addresses, &peer);
}

/* True when the connection can be kept for another exchange. It cannot, for example, when the
 * service answered before the whole request was written. */
static bool may_be_kept(struct connection *connection)
{
    return connection->exchange.state == EXCHANGE_COMPLETE && connection->exchange.is_persistent &&
           connection->endpoint->idle_count < CONNECTION_IDLE_MAX &&
           !connection->endpoint->is_forgotten && !connection->is_paused &&
           connection->out.pieces == NULL && !connection->has_rest &&
           !h2o_socket_is_writing(connection->socket) && !has_more(connection) &&
           has_address(connection);
}

/* The connection becomes idle or is closed before the callback, because the user may send the next
 * request in the callback. */
static void end_exchange(struct connection *connection)
{
    const struct connection_user *user = connection->user;
    void *cookie = connection->cookie;
    struct connection_end end = {
        .reason = connection->exchange.reason,
        .received = connection->exchange.received,
        .at_ns = clock_now_ns(),
    };

    if (may_be_kept(connection))
        keep_idle(connection, end.at_ns);
    else
        connection_close(connection);
    user->ended(cookie, &end);
}

/* Gives the bytes to the exchange. Returns false when the exchange is over. Then ${connection} must
 * not be touched any more. */
static bool take_bytes(struct connection *connection, char *bytes, size_t len)
{
    enum exchange_state state = exchange_feed(&connection->exchange, bytes, len);

    if (state == EXCHANGE_COMPLETE || state == EXCHANGE_FAILED ||
        connection->exchange.reason != REASON_NONE) {
        end_exchange(connection);
        return false;
    }
    connection->user->received(connection->cookie);
    return true;
}

static void take_end(struct connection *connection)
{
    if (exchange_feed_end(&connection->exchange) == EXCHANGE_COMPLETE)
        end_exchange(connection);
    else
        connection_break(connection, REASON_RESET);
}

/*
 * Reads from the socket. The rest of a body goes to the sink's buffer if the sink has one. Bytes
 * after the body go to the scratch buffer, so that they are noticed. Returns the same as recv(2),
 * but does not count the bytes after the body. ${*at} is set to where the bytes are.
 */
static ssize_t read_plain(struct connection *connection, char **at, size_t limit)
{
    char *scratch = connection->endpoint->on->scratch;
    int fd = h2o_socket_get_fd(connection->socket);
    size_t len;
    ssize_t got;

    *at = exchange_room(&connection->exchange, &len);
    if (*at == NULL) {
        *at = scratch;
        do
            got = recv(fd, scratch, limit, 0); /* cheaper than read(2) */
        while (got == -1 && errno == EINTR);
        connection->is_full = got == (ssize_t)limit;
        return got;
    }
    struct iovec places[] = {{*at, len}, {scratch, BEHIND_BYTES}};
    do
        got = readv(fd, places, sizeof(places) / sizeof(places[0]));
    while (got == -1 && errno == EINTR);
    connection->is_full = got > (ssize_t)len;
    return connection->is_full ? (ssize_t)len : got;
}

/* Handles the result of a read: ${got} is the number of bytes at ${at}, 0 at the end, or -errno.
 * Returns false when there is nothing more to read now, or the connection must not be touched any
 * more. */
static bool take_read(struct connection *connection, char *at, ssize_t got)
{
    if (got > 0)
        return take_bytes(connection, at, (size_t)got) && connection->is_full &&
               !connection->is_paused;
    if (got == 0)
        take_end(connection);
    else if (got != -EAGAIN)
        connection_break(connection, REASON_RESET);
    return false;
}

static bool read_some(struct connection *connection, size_t limit)
{
    char *at;
    ssize_t got = read_plain(connection, &at, limit);

    return take_read(connection, at, got == -1 ? -errno : got);
}

/* The batch has received the first bytes of an answer, at most BATCH_RECEIVE_BYTES, or an error. */
static void on_received(struct batch_call *call, char *at, ssize_t got)
{
    struct connection *connection = H2O_STRUCT_FROM_MEMBER(struct connection, receiving, call);

    connection->is_full = got == (ssize_t)BATCH_RECEIVE_BYTES;
    if (take_read(connection, at, got))
        read_some(connection, ENDPOINT_SCRATCH_BYTES);
}

static bool read_later(struct connection *connection)
{
    struct batch *batch = connection->endpoint->on->batch;

    if (batch == NULL || connection->exchange.has_begun)
        return false;
    connection->receiving.done = on_received;
    return batch_receive(batch, h2o_socket_get_fd(connection->socket), &connection->receiving);
}

/*
 * When the connection is readable while it is idle or before its request has been sent, the service
 * has closed it, or has sent something that is no answer to this request. When the sink has a
 * buffer for the body, the first read is a short one, so that most of the body can be read to that
 * buffer without a copy.
 */
static void on_plain_readable(h2o_socket_t *socket, const char *error)
{
    struct connection *connection = socket->data;

    if (!connection->is_asking || !connection->has_sent) {
        connection_break(connection, REASON_RESET);
        return;
    }
    if (read_later(connection))
        return;
    bool has_place = connection->exchange.sink->room != NULL;
    if (read_some(connection, has_place ? BATCH_RECEIVE_BYTES : ENDPOINT_SCRATCH_BYTES))
        read_some(connection, ENDPOINT_SCRATCH_BYTES);
}

static void on_tls_readable(h2o_socket_t *socket, const char *error)
{
    struct connection *connection = socket->data;
    char *scratch = connection->endpoint->on->scratch;
    enum tls_step step;
    size_t got;

    while ((step = tls_read(connection->tls, scratch, ENDPOINT_SCRATCH_BYTES, &got)) == TLS_DONE) {
        if (!connection->is_asking || !connection->has_sent)
            break;
        if (!take_bytes(connection, scratch, got) || connection->is_paused)
            return;
    }
    if (step == TLS_WANT_READ)
        return; /* also on an idle connection: a TLS session ticket may come at any time */
    if (step == TLS_ENDED && connection->is_asking)
        take_end(connection);
    else
        connection_break(connection, REASON_RESET);
}

static void arm(struct connection *connection)
{
    h2o_socket_read_start(connection->socket,
                          connection->tls == NULL ? on_plain_readable : on_tls_readable);
}

void connection_open(struct connection *connection)
{
    count_open(connection, true);
    h2o_socket_dont_read(connection->socket, 1);
    arm(connection);
    connection->user->opened(connection->cookie);
}

void connection_pause(struct connection *connection)
{
    if (connection->is_paused)
        return;
    connection->is_paused = true;
    h2o_socket_read_stop(connection->socket);
}

void connection_resume(struct connection *connection)
{
    if (!connection->is_paused)
        return;
    connection->is_paused = false;
    arm(connection);
}

struct connection *connection_take(struct endpoint *endpoint, const struct connection_user *user,
                                   void *cookie)
{
    if (h2o_linklist_is_empty(&endpoint->idle))
        return NULL;
    struct connection *connection =
        H2O_STRUCT_FROM_MEMBER(struct connection, idle, endpoint->idle.next);
    leave_idle(connection);
    connection->user = user;
    connection->cookie = cookie;
    return connection;
}

bool connection_ask(struct connection *connection, const struct connection_request *request)
{
    must(!connection->is_asking && connection->user != NULL);
    connection->is_asking = true;
    connection->has_sent = false;
    connection->has_rest = request->written != NULL;
    exchange_begin(&connection->exchange, request->sink, request->sink_cookie, request->about);
    struct connection_output head = {
        .pieces = request->pieces,
        .count = request->count,
        .written = request->written,
    };
    if (connection->has_rest)
        return connection_send(connection, &head);
    connection_write(connection, &head);
    return true;
}

void connection_close_idle(struct endpoint *endpoint, int64_t since_ns)
{
    while (!h2o_linklist_is_empty(&endpoint->idle)) {
        struct connection *oldest =
            H2O_STRUCT_FROM_MEMBER(struct connection, idle, endpoint->idle.prev);
        if (oldest->idle_ns >= since_ns)
            return;
        connection_close(oldest);
    }
}

void connection_close_gone(struct endpoint *endpoint)
{
    h2o_linklist_t *next;

    for (h2o_linklist_t *at = endpoint->idle.next; at != &endpoint->idle; at = next) {
        struct connection *connection = H2O_STRUCT_FROM_MEMBER(struct connection, idle, at);
        next = at->next;
        if (!has_address(connection))
            connection_close(connection);
    }
}
