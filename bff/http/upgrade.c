/* See upgrade.h. */
#include <h2o.h>
#include <h2o/http1.h>

#include "bff/base/check.h"
#include "bff/http/reply_head.h"
#include "bff/http/reply_wait.h"
#include "bff/http/upgrade.h"

bool upgrade_is_wanted(const struct request *request, const char *protocol)
{
    struct text asked = {request->h2o->upgrade.base, request->h2o->upgrade.len};

    return request->h2o->version == 0x101 && text_is(request->method, "GET") &&
           text_equal_nocase(asked, text_of(protocol));
}

/* To the client. */

static void on_sent(h2o_socket_t *socket, const char *error)
{
    struct upgrade *upgrade = socket->data;

    upgrade->buffer.is_sending = false;
    if (error != NULL)
        upgrade->user->ended(upgrade->cookie);
    else
        upgrade->user->sent(upgrade->cookie);
}

bool upgrade_more(struct upgrade *upgrade, struct text bytes)
{
    send_buffer_add(&upgrade->buffer, bytes);
    return !send_buffer_is_full(&upgrade->buffer);
}

bool upgrade_flush(struct upgrade *upgrade)
{
    if (upgrade->buffer.is_sending)
        return true;
    if (upgrade->buffer.next.len == 0)
        return false;
    struct text next = send_buffer_swap(&upgrade->buffer);
    h2o_iovec_t bytes = h2o_iovec_init(next.at, next.len);
    h2o_socket_write(upgrade->socket, &bytes, 1, on_sent);
    return true;
}

/* From the client. */

/* Passes the client's bytes to the user. While the user uses them, no more bytes are read from the
 * client. */
static void take(struct upgrade *upgrade)
{
    h2o_socket_t *socket = upgrade->socket;

    upgrade->taken = socket->input;
    h2o_buffer_init(&socket->input, &h2o_socket_buffer_prototype);
    h2o_socket_read_stop(socket);
    upgrade->user->bytes(upgrade->cookie,
                         (struct text){upgrade->taken->bytes, upgrade->taken->size});
}

static void on_bytes(h2o_socket_t *socket, const char *error)
{
    struct upgrade *upgrade = socket->data;

    if (error != NULL)
        upgrade->user->ended(upgrade->cookie);
    else if (socket->input->size > 0)
        take(upgrade);
}

void upgrade_bytes_used(struct upgrade *upgrade, bool reads_on)
{
    h2o_buffer_dispose(&upgrade->taken);
    upgrade->taken = NULL;
    if (reads_on)
        h2o_socket_read_start(upgrade->socket, on_bytes);
}

/* Begin and end. */

/* libh2o has sent the head and gives the socket to us. Its request has ended. */
static void on_upgraded(void *cookie, h2o_socket_t *socket, size_t request_bytes)
{
    struct upgrade *upgrade = cookie;

    if (socket == NULL) {
        upgrade->user->ended(upgrade->cookie);
        return;
    }
    upgrade->socket = socket;
    upgrade->buffer.is_sending = false;
    upgrade->client->in_flight++;
    upgrade->client->is_tunnel = true;
    socket->data = upgrade;
    h2o_buffer_consume(&socket->input, request_bytes);
    h2o_socket_read_start(socket, on_bytes);
    if (socket->input->size > 0)
        take(upgrade);
    upgrade->user->begun(upgrade->cookie);
}

/* While the head is being sent, is_sending is true, as for all other bytes. So the bytes that the
 * source adds in this time are limited, too. */
void upgrade_begin(struct upgrade *upgrade, struct request *request, struct text protocol,
                   const struct upgrade_user *user, void *cookie)
{
    upgrade->client = request->client;
    upgrade->user = user;
    upgrade->cookie = cookie;
    upgrade->buffer.is_sending = true;
    reply_wait_end(request);
    reply_head_end(request);
    reply_head_add(request, TEXT("upgrade"), protocol);
    h2o_http1_upgrade(request->h2o, NULL, 0, on_upgraded, upgrade);
}

void upgrade_close(struct upgrade *upgrade)
{
    if (upgrade->socket != NULL) {
        upgrade->client->in_flight--;
        h2o_socket_close(upgrade->socket);
        upgrade->socket = NULL;
    }
    if (upgrade->taken != NULL)
        h2o_buffer_dispose(&upgrade->taken);
    send_buffer_free(&upgrade->buffer);
}
