/* See client.h. */
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

struct client *client_of(h2o_req_t *req)
{
    struct client *client = req->conn->callbacks->get_socket(req->conn)->on_close.data;

    must(client != NULL);
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
