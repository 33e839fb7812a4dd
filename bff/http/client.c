/* See client.h. */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/base/tally.h"
#include "bff/http/client.h"
#include "bff/http/client_certificate.h"
#include "bff/http/client_linger.h"
#include "bff/http/client_proxy.h"
#include "bff/http/worker.h"
#include "bff/http/worker_settings.h"

#define ACCEPTS_PER_WAKE 16 /* a limit, so that a burst does not delay connected clients */
#define ADMIN_MORE 64       /* connections of operators over limits.connections */
#define AGAIN_MS 100        /* time between attempts to accept when no descriptor is free */
#define FRAME_HEAD 9        /* bytes of the header of an HTTP/2 frame; the length comes first */

/* Counting. */

/* Counts the client, until its connection is closed. Returns true if there is room for it. When
 * there are too many clients, an operator can still connect. */
static bool has_room(const struct client *client)
{
    struct worker_common *common = client->worker->common;
    const struct server_limits *limits = &client->worker->settings->http->limits;
    size_t all = atomic_fetch_add(&common->connections, 1) + 1;

    return limits->connections == 0 ||
           all <= limits->connections + (client->is_admin ? ADMIN_MORE : 0);
}

/* Counts the client at its address, until its connection is closed. Returns true if there is room
 * for it. */
static bool has_room_at_address(struct client *client)
{
    struct worker_common *common = client->worker->common;
    size_t most = client->worker->settings->http->limits.connections_per_address;
    struct sockaddr_storage address;

    if (client->is_admin || most == 0 ||
        h2o_socket_getpeername(client->socket, (struct sockaddr *)&address) == 0)
        return true;
    client->has_places = true;
    client->places = addresses_places(common->addresses, (struct sockaddr *)&address);
    return addresses_add(common->addresses, client->places) <= most;
}

static void uncount(struct client *client)
{
    struct worker_common *common = client->worker->common;

    atomic_fetch_sub(&common->connections, 1);
    if (client->has_places)
        addresses_remove(common->addresses, client->places);
}

/* Accepting. */

void client_free_listener(struct worker_listener *listener)
{
    if (listener->socket != NULL || listener->clients > 0)
        return;
    timer_clear(worker_timers(listener->worker), &listener->again);
    memory_free(listener);
}

static void free_client(struct client *client)
{
    struct worker_listener *listener = client->listener;

    h2o_linklist_unlink(&client->link);
    client->worker->client_count--;
    tally_add(TALLY_CONNECTIONS_CLOSED);
    uncount(client);
    listener->clients--;
    client_free_listener(listener);
    client_certificate_forget(client);
    memory_free(client);
}

static void on_close(void *cookie)
{
    struct client *client = cookie;

    if (client->forget_answered != NULL)
        client->forget_answered(client);
    client_proxy_end(client);
    if (!client_linger_begin(client, free_client))
        free_client(client);
}

struct client *client_of_socket(h2o_socket_t *socket)
{
    return socket->on_close.cb == on_close ? socket->on_close.data : NULL;
}

/* Nobody gets an answer. */
static void turn_away(struct client *client)
{
    client->is_cut = true;
    tally_add(TALLY_CONNECTIONS_REFUSED);
    h2o_socket_close(client->socket);
}

/* The address of the client is known. */
static void begin(struct client *client)
{
    struct worker_listener *listener = client->listener;

    if (!has_room_at_address(client)) {
        turn_away(client);
        return;
    }
    listener->accept.ssl_ctx = listener->is_tls ? listener->worker->settings->http->tls : NULL;
    h2o_accept(&listener->accept, client->socket);
}

static struct client *client_new(struct worker_listener *listener, h2o_socket_t *socket)
{
    struct client *client = memory_new(sizeof(*client));
    int64_t now_ns = clock_now_ns();

    client->worker = listener->worker;
    client->listener = listener;
    client->is_admin = listener->is_admin;
    client->is_unix = listener->is_unix;
    client->socket = socket;
    client->linger_fd = -1;
    client->pace = (struct pace){.head_ns = now_ns, .read_ns = now_ns, .write_ns = now_ns};
    h2o_linklist_init_anchor(&client->bodies);
    h2o_linklist_init_anchor(&client->answered);
    h2o_linklist_init_anchor(&client->answers);
    return client;
}

static bool accept_one(struct worker_listener *listener)
{
    h2o_socket_t *socket = h2o_evloop_socket_accept(listener->socket);

    if (socket == NULL)
        return false;
    struct client *client = client_new(listener, socket);
    h2o_linklist_insert(&listener->worker->clients, &client->link);
    listener->worker->client_count++;
    listener->clients++;
    tally_add(TALLY_CONNECTIONS_ACCEPTED);
    socket->on_close.cb = on_close;
    socket->on_close.data = client;
    if (!has_room(client))
        turn_away(client);
    else if (listener->has_proxy_header)
        client_proxy_begin(client, begin);
    else
        begin(client);
    return true;
}

static void on_again(struct timer *timer);

/*
 * Without a free descriptor (or memory for a socket), the listener stays readable, but accept
 * fails. If the worker tried again at once, it would be busy without any result. So it waits.
 */
static void pause_accepting(struct worker_listener *listener)
{
    h2o_socket_read_stop(listener->socket);
    listener->again.fire = on_again;
    timer_set(worker_timers(listener->worker), &listener->again,
              clock_now_ns() + AGAIN_MS * CLOCK_MS);
}

static void on_acceptable(h2o_socket_t *socket, const char *error)
{
    struct worker_listener *listener = socket->data;

    errno = 0;
    for (int i = 0; error == NULL && i < ACCEPTS_PER_WAKE; i++) {
        if (accept_one(listener))
            continue;
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            pause_accepting(listener);
        return;
    }
}

static void on_again(struct timer *timer)
{
    struct worker_listener *listener = H2O_STRUCT_FROM_MEMBER(struct worker_listener, again, timer);

    h2o_socket_read_start(listener->socket, on_acceptable);
}

void client_listen(struct worker_listener *listener)
{
    listener->socket =
        h2o_evloop_socket_create(listener->worker->loop, *listener->fd, H2O_SOCKET_FLAG_DONT_READ);
    listener->socket->data = listener;
    h2o_socket_read_start(listener->socket, on_acceptable);
}

/* The close of a listener resets the connections in its backlog, unless another process has the
 * socket, too. So these connections are accepted first. */
void client_stop_listening(struct worker_listener *listener)
{
    timer_clear(worker_timers(listener->worker), &listener->again);
    while (!listener->has_successor && accept_one(listener))
        ;
    h2o_socket_close(listener->socket);
    listener->socket = NULL;
    *listener->fd = -1;
}

static void get_acquainted(struct client *client)
{
    struct sockaddr_storage from = {0};
    struct ip ip;

    if (client->is_unix)
        strcpy(client->address, "unix");
    else if (h2o_socket_getpeername(client->socket, (struct sockaddr *)&from) > 0 &&
             ip_of((struct sockaddr *)&from, &ip))
        ip_print(&ip, client->address);
    client->tls = h2o_socket_get_ssl_protocol_version(client->socket);
    client->is_known = true;
}

struct client *client_of(h2o_req_t *req)
{
    struct client *client = req->conn->callbacks->get_socket(req->conn)->on_close.data;

    must(client != NULL);
    if (!client->is_known)
        get_acquainted(client);
    return client;
}

/* Ending. */

/* Makes the close of the socket send a reset. A reset frees the memory that the kernel uses for a
 * client that does not read. */
static void close_by_reset(const struct client *client)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};

    setsockopt(h2o_socket_get_fd(client->socket), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

void client_cut(struct client *client)
{
    client->is_cut = true;
    close_by_reset(client);
    shutdown(h2o_socket_get_fd(client->socket), SHUT_RDWR);
}

void client_shut(struct client *client) { shutdown(h2o_socket_get_fd(client->socket), SHUT_RDWR); }

/* With TLS, the client must not get a close_notify, because that would look like a complete answer.
 * client_cut shuts the socket down, so nothing more is sent. */
void client_end_short(struct client *client)
{
    if (client->tls != NULL)
        client_cut(client);
    client->is_cut = true;
    close_by_reset(client);
}

/*
 * The input buffer may have megabytes of frames. libh2o is processing the first frame, and will
 * remove it from the buffer afterwards. So this function removes only the bytes after the first
 * frame.
 */
void client_cut_http2(struct client *client)
{
    h2o_buffer_t *input = client->socket->input;
    const unsigned char *head = (const unsigned char *)input->bytes;

    if (input->size >= FRAME_HEAD) {
        size_t frame = FRAME_HEAD + ((size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2]);
        if (frame < input->size)
            input->size = frame;
    }
    client_cut(client);
}

/* The token bucket is stored as the time at which it will be full again. */
void client_spend_reset(struct client *client)
{
    const struct server_limits *limits = &client->worker->settings->http->limits;
    int64_t each_ns = CLOCK_S / limits->resets_per_second, now_ns = clock_now_ns();

    if (client->resets_ns < now_ns)
        client->resets_ns = now_ns;
    client->resets_ns += each_ns;
    if (!client->is_cut && client->resets_ns - now_ns > each_ns * limits->resets_at_once)
        client_cut_http2(client);
}

static void shut_each(struct worker *worker, bool idle_only, int how)
{
    for (h2o_linklist_t *at = worker->clients.next; at != &worker->clients; at = at->next) {
        struct client *client = H2O_STRUCT_FROM_MEMBER(struct client, link, at);
        if (!idle_only || (client->in_flight == 0 && client->linger == NULL))
            shutdown(h2o_socket_get_fd(client->socket), how);
    }
}

void client_close_idle(struct worker *worker) { shut_each(worker, true, SHUT_RD); }

void client_close_all(struct worker *worker) { shut_each(worker, false, SHUT_RDWR); }
