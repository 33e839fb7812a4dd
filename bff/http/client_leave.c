/* See client_leave.h. */
#include <h2o.h>

#include <h2o/http2.h>
#include <h2o/http2_internal.h>

#include "bff/base/clock.h"
#include "bff/http/client_leave.h"
#include "bff/http/worker.h"

#define LAST_MS 1000 /* a round trip: streams that were opened before the first GOAWAY was read */

static void say(h2o_http2_conn_t *conn, uint32_t last)
{
    h2o_http2_encode_goaway_frame(&conn->_write.buf, last, H2O_HTTP2_ERROR_NONE,
                                  (h2o_iovec_t){NULL, 0});
    h2o_http2_conn_request_write(conn);
}

static void say_first(h2o_http2_conn_t *conn) { say(conn, INT32_MAX); }

/* libh2o closes a connection in this state after its last stream. */
static void say_last(h2o_http2_conn_t *conn)
{
    say(conn, conn->pull_stream_ids.max_open);
    conn->state = H2O_HTTP2_CONN_STATE_HALF_CLOSED;
}

static void say_to_each(const struct worker_listener *listener,
                        void (*say_it)(h2o_http2_conn_t *conn))
{
    h2o_linklist_t *all = &listener->worker->context.http2._conns;

    for (h2o_linklist_t *at = all->next; at != all; at = at->next) {
        h2o_http2_conn_t *conn = H2O_STRUCT_FROM_MEMBER(h2o_http2_conn_t, _conns, at);
        const struct client *client = conn->sock == NULL ? NULL : client_of_socket(conn->sock);
        if (client != NULL && client->listener == listener &&
            conn->state == H2O_HTTP2_CONN_STATE_OPEN)
            say_it(conn);
    }
}

static void on_last(struct timer *timer)
{
    say_to_each(H2O_STRUCT_FROM_MEMBER(struct worker_listener, again, timer), say_last);
}

void client_leave(struct worker_listener *listener)
{
    struct worker *worker = listener->worker;

    listener->is_leaving = true;
    client_stop_listening(listener);
    say_to_each(listener, say_first);
    listener->again = (struct timer){.fire = on_last};
    timer_set(worker_timers(worker), &listener->again, clock_now_ns() + LAST_MS * CLOCK_MS);
    client_free_listener(listener);
}

/* During the second between both GOAWAYs, new streams are welcome. */
void client_leave_later(h2o_req_t *request, const struct client *client)
{
    h2o_http2_conn_t *conn = (h2o_http2_conn_t *)request->conn;

    if (conn->state == H2O_HTTP2_CONN_STATE_OPEN && !timer_is_set(&client->listener->again))
        say_last(conn);
}
