/* See client.h. */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/http/client.h"
#include "bff/http/server.h"

#define ACCEPTS_PER_WAKE 16 /* so that a burst does not starve who is connected already */

static void on_close(void *cookie)
{
    struct client *client = cookie;

    h2o_linklist_unlink(&client->link);
    client->worker->client_count--;
    memory_free(client);
}

static bool accept_one(struct worker_listener *listener)
{
    h2o_socket_t *socket = h2o_evloop_socket_accept(listener->socket);

    if (socket == NULL)
        return false;
    struct client *client = memory_new(sizeof(*client));
    client->worker = listener->worker;
    client->socket = socket;
    h2o_linklist_insert(&listener->worker->clients, &client->link);
    listener->worker->client_count++;
    socket->on_close.cb = on_close;
    socket->on_close.data = client;
    h2o_accept(&listener->accept, socket);
    return true;
}

static void on_acceptable(h2o_socket_t *socket, const char *error)
{
    for (int i = 0; error == NULL && i < ACCEPTS_PER_WAKE; i++)
        if (!accept_one(socket->data))
            return;
}

void client_listen(struct worker_listener *listener, int fd)
{
    listener->socket =
        h2o_evloop_socket_create(listener->worker->loop, fd, H2O_SOCKET_FLAG_DONT_READ);
    listener->socket->data = listener;
    h2o_socket_read_start(listener->socket, on_acceptable);
}

/* Closing a listener resets what waits in its backlog, so that is taken first. */
void client_stop_listening(struct worker_listener *listener)
{
    if (listener->socket == NULL)
        return;
    while (accept_one(listener))
        ;
    h2o_socket_close(listener->socket);
    listener->socket = NULL;
}

/* An IPv4 client of a listener on [::] is told as what it is. */
static void print_address(const struct sockaddr_storage *from, char out[INET6_ADDRSTRLEN])
{
    const struct sockaddr_in *v4 = (const void *)from;
    const struct sockaddr_in6 *v6 = (const void *)from;

    if (from->ss_family == AF_INET)
        inet_ntop(AF_INET, &v4->sin_addr, out, INET6_ADDRSTRLEN);
    else if (from->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
        inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], out, INET6_ADDRSTRLEN);
    else if (from->ss_family == AF_INET6)
        inet_ntop(AF_INET6, &v6->sin6_addr, out, INET6_ADDRSTRLEN);
}

static void get_acquainted(struct client *client)
{
    struct sockaddr_storage from = {0};

    if (h2o_socket_getpeername(client->socket, (struct sockaddr *)&from) > 0)
        print_address(&from, client->address);
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

static void shut_each(struct worker *worker, bool idle_only, int how)
{
    for (h2o_linklist_t *at = worker->clients.next; at != &worker->clients; at = at->next) {
        struct client *client = H2O_STRUCT_FROM_MEMBER(struct client, link, at);
        if (!idle_only || client->in_flight == 0)
            shutdown(h2o_socket_get_fd(client->socket), how);
    }
}

void client_close_idle(struct worker *worker) { shut_each(worker, true, SHUT_RD); }

void client_close_all(struct worker *worker) { shut_each(worker, false, SHUT_RDWR); }
