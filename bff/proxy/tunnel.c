/*
 * A tunnel: both sides have left HTTP (101), and bytes go through in both directions until one side
 * ends. Each side holds the other back. It counts as a request in flight, so that a drain waits for
 * it, and it is cut with the rest when that time is over.
 */
#include <h2o.h>
#include <h2o/http1.h>

#include "bff/base/check.h"
#include "bff/proxy/proxying.h"

static void end(struct proxying *proxying)
{
    if (proxying->socket != NULL) {
        proxying->client->in_flight--;
        h2o_socket_close(proxying->socket);
    }
    proxying_free(proxying);
}

/* Down: from the service to the client. */

static void on_sent(h2o_socket_t *socket, const char *error)
{
    struct proxying *proxying = socket->data;

    proxying->is_sending = false;
    if (error != NULL) {
        end(proxying);
        return;
    }
    call_resume(&proxying->call);
    tunnel_flush(proxying);
}

void tunnel_flush(struct proxying *proxying)
{
    if (proxying->is_sending)
        return;
    if (proxying->next.len == 0) {
        if (proxying->is_ended)
            end(proxying);
        return;
    }
    proxying_swap(proxying);
    h2o_iovec_t bytes = h2o_iovec_init(proxying->sending.at, proxying->sending.len);
    h2o_socket_write(proxying->socket, &bytes, 1, on_sent);
}

void tunnel_ended(struct proxying *proxying) { tunnel_flush(proxying); }

/* Up: from the client to the service. */

static void on_client_bytes(h2o_socket_t *socket, const char *error);

static void on_written(void *cookie)
{
    struct proxying *proxying = cookie;

    h2o_buffer_dispose(&proxying->upward);
    proxying->upward = NULL;
    if (proxying->is_ended)
        return;
    h2o_socket_read_start(proxying->socket, on_client_bytes);
}

/* While a lot is on its way up the client is not read. */
static void pass_up(struct proxying *proxying)
{
    h2o_socket_t *socket = proxying->socket;

    if (socket->input->size == 0 || proxying->is_ended)
        return;
    proxying->upward = socket->input;
    h2o_buffer_init(&socket->input, &h2o_socket_buffer_prototype);
    h2o_socket_read_stop(socket);
    call_write(&proxying->call, (struct text){proxying->upward->bytes, proxying->upward->size},
               on_written);
}

static void on_client_bytes(h2o_socket_t *socket, const char *error)
{
    struct proxying *proxying = socket->data;

    if (error != NULL)
        end(proxying);
    else
        pass_up(proxying);
}

/* Begin. */

/* libh2o has sent the head and gives the socket away; its request is gone. */
static void on_upgraded(void *cookie, h2o_socket_t *socket, size_t request_bytes)
{
    struct proxying *proxying = cookie;

    must(proxying->request == NULL);
    if (socket == NULL) {
        proxying_free(proxying);
        return;
    }
    proxying->socket = socket;
    proxying->is_sending = false;
    proxying->client->in_flight++;
    proxying->client->is_tunnel = true;
    socket->data = proxying;
    h2o_buffer_consume(&socket->input, request_bytes);
    h2o_socket_read_start(socket, on_client_bytes);
    call_resume(&proxying->call);
    pass_up(proxying);
    tunnel_flush(proxying);
}

/* The head is sent like bytes of the service: until it is, there is a limit to what may follow. */
void tunnel_begin(struct proxying *proxying)
{
    struct request *request = proxying->request;

    watch_end(&proxying->watch);
    proxying->is_tunnel = true;
    proxying->is_sending = true;
    h2o_add_header(&request->h2o->pool, &request->h2o->res.headers, H2O_TOKEN_UPGRADE, NULL,
                   H2O_STRLIT("websocket"));
    h2o_http1_upgrade(request->h2o, NULL, 0, on_upgraded, proxying);
}
