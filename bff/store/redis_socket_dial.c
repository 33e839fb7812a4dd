/* Dialling: looks the name up, tries its addresses in turn, then begins TLS if needed. See
 * redis_socket.h. */
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "bff/base/check.h"
#include "bff/store/redis_socket_dial.h"
#include "bff/upstream/tls.h"

static void step_handshake(struct redis_socket *socket);

/* An event for writing may come late, when an event for reading has ended the handshake. */
static void on_handshake_event(h2o_socket_t *watched, const char *error)
{
    struct redis_socket *socket = watched->data;

    if (socket->is_open)
        redis_socket_flush(socket);
    else
        step_handshake(socket);
}

static void step_handshake(struct redis_socket *socket)
{
    switch (tls_handshake(socket->tls)) {
    case TLS_DONE:
        redis_socket_opened(socket);
        break;
    case TLS_WANT_READ:
        break;
    case TLS_WANT_WRITE:
        if (!h2o_socket_is_writing(socket->socket))
            h2o_socket_notify_write(socket->socket, on_handshake_event);
        break;
    default:
        h2o_socket_read_stop(socket->socket);
        redis_socket_fail(socket, REDIS_FAULT_TLS);
    }
}

static void begin_tls(struct redis_socket *socket)
{
    socket->tls = tls_begin(socket->context, h2o_socket_get_fd(socket->socket), socket->host);
    h2o_socket_dont_read(socket->socket, 1);
    h2o_socket_read_start(socket->socket, on_handshake_event);
    step_handshake(socket);
}

static void dial_next(struct redis_socket *socket);

static void on_connected(h2o_socket_t *watched, const char *error)
{
    struct redis_socket *socket = watched->data;

    if (error != NULL) {
        h2o_socket_close(watched);
        socket->socket = NULL;
        dial_next(socket);
    } else if (socket->context != NULL) {
        begin_tls(socket);
    } else {
        redis_socket_opened(socket);
    }
}

static bool dial(struct redis_socket *socket, struct sockaddr *to, socklen_t len)
{
    socket->socket = h2o_socket_connect(socket->on->loop, to, len, on_connected);
    if (socket->socket == NULL)
        return false;
    socket->socket->data = socket;
    return true;
}

static void dial_next(struct redis_socket *socket)
{
    while (socket->untried > 0) {
        struct resolve_address to = *resolve_next(&socket->addresses);
        socket->untried--;
        if (dial(socket, &to.at.any, to.len))
            return;
    }
    redis_socket_fail(socket, REDIS_FAULT_CONNECT);
}

static void dial_all(struct redis_socket *socket)
{
    socket->untried = socket->addresses.count;
    if (socket->untried == 0)
        redis_socket_fail(socket, REDIS_FAULT_LOOKUP);
    else
        dial_next(socket);
}

/* The socket may have been closed in the meantime, because the look-up took too long. */
static void on_looked_up(struct resolve *addresses)
{
    struct redis_socket *socket = H2O_STRUCT_FROM_MEMBER(struct redis_socket, addresses, addresses);

    if (!socket->is_looking_up)
        return;
    socket->is_looking_up = false;
    dial_all(socket);
}

/* When a look-up of an earlier attempt is still under way, the addresses of the one before are
 * dialled. */
static void look_up(struct redis_socket *socket)
{
    struct resolve *addresses = &socket->addresses;

    if (addresses->is_literal || (addresses->under_way != NULL && addresses->count > 0)) {
        dial_all(socket);
        return;
    }
    socket->is_looking_up = true;
    resolve_again(addresses, socket->on->resolver, on_looked_up);
}

static void dial_path(struct redis_socket *socket, const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t len = strlen(path);

    socket->untried = 0;
    socket->host[0] = '\0';
    if (len < sizeof(to.sun_path))
        memcpy(to.sun_path, path, len);
    if (len >= sizeof(to.sun_path) || !dial(socket, (struct sockaddr *)&to, sizeof(to)))
        redis_socket_fail(socket, REDIS_FAULT_CONNECT);
}

/* The addresses of the last look-up stay while the name is the same: they are dialled when a new
 * look-up fails. */
static void take_host(struct redis_socket *socket, const struct redis_socket_peer *peer)
{
    if (strcmp(socket->host, peer->host) == 0 && socket->addresses.port == peer->port)
        return;
    resolve_cancel(&socket->addresses);
    snprintf(socket->host, sizeof(socket->host), "%s", peer->host);
    resolve_init(&socket->addresses, socket->host, peer->port);
}

void redis_socket_open(struct redis_socket *socket, const struct redis_socket_peer *peer)
{
    must(socket->socket == NULL);
    socket->opening++;
    socket->context = peer->tls;
    if (peer->path != NULL) {
        dial_path(socket, peer->path);
        return;
    }
    take_host(socket, peer);
    look_up(socket);
}
