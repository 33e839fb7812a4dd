/* See body_http2_answered.h. */
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/http/body_http2_answered.h"
#include "bff/http/client_linger.h"
#include "bff/http/worker.h"

#define PATIENCE_MS 1000 /* a client may read its early answer before it is asked to stop */
#define ANSWERED_MAX 100 /* streams of a connection whose rest is dropped */

struct body_http2_answered *body_http2_answered_find(struct client *client, uint32_t stream_id)
{
    for (h2o_linklist_t *at = client->answered.next; at != &client->answered; at = at->next) {
        struct body_http2_answered *answered =
            H2O_STRUCT_FROM_MEMBER(struct body_http2_answered, link, at);
        if (answered->stream_id == stream_id)
            return answered;
    }
    return NULL;
}

void body_http2_answered_forget(struct body_http2_answered *answered)
{
    timer_clear(worker_timers(answered->client->worker), &answered->patience);
    h2o_linklist_unlink(&answered->link);
    answered->client->answered_count--;
    memory_free(answered);
}

static void forget_oldest(struct client *client)
{
    body_http2_answered_forget(
        H2O_STRUCT_FROM_MEMBER(struct body_http2_answered, link, client->answered.next));
}

static void forget_all(struct client *client)
{
    while (!h2o_linklist_is_empty(&client->answered))
        forget_oldest(client);
}

/* Asks the client to stop. The entry stays, because bytes that the client has sent before must
 * still be dropped. With TLS a socket that is not read may outlive its connection, until
 * close_notify has been written. */
static void on_patience(struct timer *timer)
{
    struct body_http2_answered *answered =
        H2O_STRUCT_FROM_MEMBER(struct body_http2_answered, patience, timer);
    h2o_http2_conn_t *conn = answered->conn;

    if (!h2o_socket_is_reading(answered->client->socket) ||
        conn->state >= H2O_HTTP2_CONN_STATE_IS_CLOSING)
        return;
    h2o_http2__encode_rst_stream_frame(&conn->_write.buf, answered->stream_id,
                                       H2O_HTTP2_ERROR_NONE);
    h2o_http2_conn_request_write(conn);
}

/* When there are too many entries, the oldest one is removed. libh2o resets the stream of that
 * entry when the client sends on it again. */
void body_http2_answered_add(h2o_http2_conn_t *conn, struct client *client, uint32_t stream_id)
{
    struct body_http2_answered *answered = memory_new(sizeof(*answered));

    if (client->answered_count == ANSWERED_MAX)
        forget_oldest(client);
    answered->client = client;
    answered->conn = conn;
    answered->stream_id = stream_id;
    answered->patience.fire = on_patience;
    client->forget_answered = forget_all;
    client->answered_count++;
    h2o_linklist_insert(&client->answered, &answered->link);
    timer_set(worker_timers(client->worker), &answered->patience,
              clock_now_ns() + PATIENCE_MS * CLOCK_MS);
}

void body_http2_answered_forgive(struct client *client, size_t bytes, size_t before)
{
    if (before <= CLIENT_LINGER_BYTES)
        client->used_bytes += bytes;
}

void body_http2_answered_drop(struct body_http2_answered *answered, size_t bytes)
{
    body_http2_answered_forgive(answered->client, bytes, answered->dropped);
    answered->dropped += bytes;
}
