/* See slow_client.h. */
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <sys/ioctl.h>

#include <h2o.h>

#include <h2o/http2.h>
#include <h2o/http2_internal.h>

#include "bff/base/clock.h"
#include "bff/base/tally.h"
#include "bff/http/client.h"
#include "bff/http/request.h"
#include "bff/http/slow_client.h"
#include "bff/http/untaken.h"
#include "bff/http/worker.h"
#include "bff/http/worker_settings.h"

#define BODY_STEP 512           /* bytes: less than this in body_ms is no progress of a body */
#define FORGIVEN_A_SECOND 65536 /* number of wasted bytes per second that do not count */
#define WRITTEN_SHARE 8         /* one eighth of the number of written bytes is forgiven */

/* The states of a client. */
enum state {
    WORKING, /* the server works on a request of the client */
    IDLE,    /* the client sends nothing */
    HEAD,    /* the client sends a head */
    BODY,    /* the client sends a body */
};

/* Gets the TCP data of the kernel for ${client}. An old kernel returns less data than we need. Then
 * this function returns false, and slow clients are not ended. */
static bool ask_kernel(const struct client *client, struct tcp_info *info)
{
    socklen_t len = sizeof(*info);

    return getsockopt(h2o_socket_get_fd(client->socket), IPPROTO_TCP, TCP_INFO, info, &len) == 0 &&
           len >= offsetof(struct tcp_info, tcpi_notsent_bytes) + sizeof(uint32_t);
}

static const struct server_limits *limits_of(const struct client *client)
{
    return &client->worker->settings->http->limits;
}

static bool is_over(int64_t now_ns, int64_t since_ns, uint32_t limit_ms)
{
    return now_ns - since_ns >= limit_ms * CLOCK_MS;
}

/* Writing. */

/* Bytes that the kernel has got from us and that the client has not acknowledged. */
static int64_t unacked(const struct client *client)
{
    int bytes = 0;

    return ioctl(h2o_socket_get_fd(client->socket), SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

/*
 * How much of its answers the client has taken. The acknowledged bytes are no measure for HTTP/2:
 * an answer to PING is acknowledged, too. So the bytes of bodies count, without those that are
 * still on their way.
 */
static int64_t taken(const struct client *client, const struct tcp_info *info)
{
    if (!client->is_http2)
        return (int64_t)info->tcpi_bytes_acked;
    bool is_quiet = info->tcpi_unacked == 0 && info->tcpi_notsent_bytes == 0;
    return (int64_t)request_bytes_of(client) - (is_quiet ? 0 : unacked(client));
}

/* True when the client has taken all that it could take at some time since the last look. */
static bool has_taken_all(const struct client *client, const struct tcp_info *info)
{
    bool has_rested = client->sending == 0 || client->rests != client->pace.rests;

    return has_rested && !h2o_socket_is_writing(client->socket) &&
           (client->is_tunnel || info->tcpi_notsent_bytes == 0);
}

/* The client must take min_rate bytes a second, over stall_ms; at least one byte. */
static bool stalls(struct client *client, const struct tcp_info *info, int64_t now_ns)
{
    struct pace *pace = &client->pace;
    const struct server_limits *limits = limits_of(client);
    int64_t step = (int64_t)(limits->min_rate * limits->stall_ms / 1000);
    int64_t now = taken(client, info);

    bool is_all = has_taken_all(client, info);

    if (!is_all)
        untaken_sweep(client);
    if (is_all || now - pace->taken >= (step > 0 ? step : 1)) {
        pace->write_ns = now_ns;
        pace->taken = now;
    }
    pace->rests = client->rests;
    return is_over(now_ns, pace->write_ns, limits->stall_ms);
}

/* Reading. */

static bool wastes(struct client *client, uint64_t received, uint64_t elapsed_ms)
{
    struct pace *pace = &client->pace;
    size_t body_memory = limits_body_memory(client->worker->settings->http->body_limit);
    uint64_t forgiven = client->used_bytes - pace->used_bytes +
                        (client->socket->bytes_written - pace->written) / WRITTEN_SHARE +
                        elapsed_ms * FORGIVEN_A_SECOND / 1000;

    pace->wasted += received - pace->received;
    pace->wasted -= pace->wasted < forgiven ? pace->wasted : forgiven;
    pace->used_bytes = client->used_bytes;
    pace->written = client->socket->bytes_written;
    pace->received = received;
    return pace->wasted > limits_of(client)->wasted_bytes + body_memory;
}

/* True for an incomplete head of HTTP/1.1. An incomplete HTTP/2 frame in this buffer begins with a
 * zero byte. */
static bool is_head(const h2o_buffer_t *input)
{
    return input->bytes[0] != '\0' && memmem(input->bytes, input->size, "\n\r\n", 3) == NULL &&
           memmem(input->bytes, input->size, "\n\n", 2) == NULL;
}

/* Returns the state of ${client}. Until header_ms has passed, bytes in the input count as a head.
 * So is_head reads them only after that time. */
static enum state state_of(const struct client *client, int64_t now_ns)
{
    const h2o_buffer_t *input = client->socket->input;

    if (client->requests != client->pace.requests)
        return WORKING;
    if (client->has_open_head || client->proxy != NULL)
        return HEAD;
    if (client->reading > 0 && client->reading == client->in_flight)
        return BODY;
    if (client->in_flight > 0)
        return WORKING;
    if (input->size == 0)
        return IDLE;
    if (!is_over(now_ns, client->pace.head_ns, limits_of(client)->header_ms) || is_head(input))
        return HEAD;
    return BODY;
}

static bool is_late(struct client *client, uint64_t received, int64_t now_ns)
{
    struct pace *pace = &client->pace;
    const struct server_limits *limits = limits_of(client);
    enum state state = state_of(client, now_ns);
    uint64_t step = state == BODY ? BODY_STEP : 1;

    if ((int)state != pace->state || received - pace->fresh >= step) {
        pace->read_ns = now_ns;
        pace->fresh = received;
    }
    if (state == WORKING || state == IDLE || pace->state == WORKING || pace->state == IDLE)
        pace->head_ns = now_ns;
    pace->state = (int)state;
    pace->requests = client->requests;
    if (state == HEAD)
        return is_over(now_ns, pace->head_ns, limits->header_ms);
    if (state == BODY)
        return is_over(now_ns, pace->read_ns, limits->body_ms);
    return state == IDLE && is_over(now_ns, pace->read_ns, limits->idle_ms);
}

/* Checking. */

static void look(struct client *client, int64_t now_ns, uint64_t elapsed_ms)
{
    struct tcp_info info;

    if (client->is_cut || client->linger != NULL || !ask_kernel(client, &info))
        return;
    bool is_http = !client->is_tunnel;
    bool is_cut = (is_http && wastes(client, info.tcpi_bytes_received, elapsed_ms)) ||
                  stalls(client, &info, now_ns);
    if (is_cut)
        client_cut(client);
    else if (is_http && is_late(client, info.tcpi_bytes_received, now_ns))
        shutdown(h2o_socket_get_fd(client->socket), SHUT_RD);
    else
        return;
    client->is_slow = true;
    tally_add(TALLY_CLIENTS_SLOW);
}

/* Heads of HTTP/2 that go on in CONTINUATION frames. libh2o has read them, so they are not in the
 * input of the socket. */
static void find_open_heads(struct worker *worker)
{
    h2o_linklist_t *all = &worker->context.http2._conns;

    for (h2o_linklist_t *at = all->next; at != all; at = at->next) {
        const h2o_http2_conn_t *conn = H2O_STRUCT_FROM_MEMBER(h2o_http2_conn_t, _conns, at);
        struct client *client = conn->sock == NULL ? NULL : conn->sock->on_close.data;
        if (client != NULL)
            client->has_open_head = conn->_headers_unparsed != NULL;
    }
}

static void on_sweep(struct timer *timer)
{
    struct worker *worker = H2O_STRUCT_FROM_MEMBER(struct worker, sweep_timer, timer);
    uint32_t sweep_ms = limits_sweep_ms(&worker->settings->http->limits);
    int64_t now_ns = clock_now_ns();

    find_open_heads(worker);
    for (h2o_linklist_t *at = worker->clients.next; at != &worker->clients; at = at->next)
        look(H2O_STRUCT_FROM_MEMBER(struct client, link, at), now_ns, sweep_ms);
    timer_set(worker_timers(worker), timer, now_ns + sweep_ms * CLOCK_MS);
}

void slow_client_watch(struct worker *worker)
{
    worker->sweep_timer.fire = on_sweep;
    timer_set(worker_timers(worker), &worker->sweep_timer,
              clock_now_ns() + limits_sweep_ms(&worker->settings->http->limits) * CLOCK_MS);
}
