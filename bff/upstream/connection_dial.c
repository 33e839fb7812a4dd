/* Dialling: tries the addresses of an endpoint in turn, then begins TLS if needed. See
 * connection.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/upstream/connection.h"
#include "bff/upstream/tls.h"

static void step_handshake(struct connection *connection);

static void on_handshake_event(h2o_socket_t *socket, const char *error)
{
    step_handshake(socket->data);
}

static void step_handshake(struct connection *connection)
{
    h2o_socket_t *socket = connection->socket;

    switch (tls_handshake(connection->tls)) {
    case TLS_DONE:
        connection_open(connection);
        break;
    case TLS_WANT_READ:
        break;
    case TLS_WANT_WRITE:
        if (!h2o_socket_is_writing(socket))
            h2o_socket_notify_write(socket, on_handshake_event);
        break;
    default:
        connection_break(connection, REASON_CONNECT);
    }
}

static void begin_tls(struct connection *connection)
{
    struct endpoint *endpoint = connection->endpoint;

    connection->tls =
        tls_begin(endpoint->tls, h2o_socket_get_fd(connection->socket), endpoint->at->host);
    h2o_socket_dont_read(connection->socket, 1);
    h2o_socket_read_start(connection->socket, on_handshake_event);
    step_handshake(connection);
}

static void dial_next(struct connection *connection);

static void on_connected(h2o_socket_t *socket, const char *error)
{
    struct connection *connection = socket->data;

    if (error != NULL) {
        h2o_socket_close(socket);
        connection->socket = NULL;
        dial_next(connection);
    } else if (connection->endpoint->tls != NULL) {
        begin_tls(connection);
    } else {
        connection_open(connection);
    }
}

/* connect(2) may fail at once, but the callback must not come while the user is still inside
 * connection_dial. So the failure is reported here, from the loop. */
static void on_later(struct timer *timer)
{
    connection_break(H2O_STRUCT_FROM_MEMBER(struct connection, later, timer), REASON_CONNECT);
}

static void dial_next(struct connection *connection)
{
    struct endpoint *endpoint = connection->endpoint;

    for (; connection->untried > 0; connection->untried--) {
        const struct resolve_address *address = resolve_next(&endpoint->addresses);
        if (address == NULL)
            break;
        struct resolve_address to = *address;
        connection->socket =
            h2o_socket_connect(endpoint->on->loop, &to.at.any, to.len, on_connected);
        if (connection->socket == NULL)
            continue;
        connection->socket->data = connection;
        connection->untried--;
        return;
    }
    timer_set(endpoint->on->timers, &connection->later, clock_now_ns());
}

struct connection *connection_dial(struct endpoint *endpoint, const struct connection_user *user,
                                   void *cookie)
{
    struct connection *connection = memory_new(sizeof(*connection));

    connection->endpoint = endpoint;
    connection->user = user;
    connection->cookie = cookie;
    connection->later.fire = on_later;
    connection->untried = endpoint->addresses.count;
    connection->resolved = endpoint->addresses.version;
    dial_next(connection);
    return connection;
}
