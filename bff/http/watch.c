/* See watch.h. */
#include <poll.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/http/watch.h"
#include "bff/http/worker.h"

/* The close_notify of TLS comes before the FIN and looks like pipelined data, and a reset may
 * follow a FIN. So the socket is looked at again after this time. */
#define LOOK_AGAIN_MS 250

static void stop_polling(struct watch *watch)
{
    h2o_socket_t *socket = watch->client->socket;

    if (!h2o_linklist_is_linked(&watch->link))
        return;
    h2o_linklist_unlink(&watch->link);
    h2o_socket_dont_read(socket, 0);
    h2o_socket_read_stop(socket);
}

void watch_end(struct watch *watch)
{
    if (watch->client == NULL)
        return;
    stop_polling(watch);
    timer_clear(worker_timers(watch->client->worker), &watch->look_again);
    watch->client = NULL;
}

/* POLLHUP: both sides have ended. */
static bool has_left(struct watch *watch, int64_t now_ns)
{
    struct pollfd look = {.fd = h2o_socket_get_fd(watch->client->socket), .events = POLLRDHUP};

    if (poll(&look, 1, 0) <= 0)
        return false;
    if ((look.revents & (POLLHUP | POLLERR)) != 0 || watch->patience_ms == 0)
        return true;
    if (watch->half_closed_ns == 0)
        watch->half_closed_ns = now_ns;
    watch->is_late = watch->patience_ms != WATCH_ENDLESS &&
                     now_ns - watch->half_closed_ns >= watch->patience_ms * CLOCK_MS;
    return watch->is_late;
}

static void look(struct watch *watch)
{
    struct timers *timers = worker_timers(watch->client->worker);
    int64_t now_ns = clock_now_ns();

    if (has_left(watch, now_ns)) {
        watch_end(watch);
        watch->gone(watch);
        return;
    }
    timer_set(timers, &watch->look_again, now_ns + LOOK_AGAIN_MS * CLOCK_MS);
}

static void on_look_again(struct timer *timer)
{
    look(H2O_STRUCT_FROM_MEMBER(struct watch, look_again, timer));
}

/* libh2o uses socket->data, so we search the watch in the worker's list. This happens rarely. */
static void on_event(h2o_socket_t *socket, const char *error)
{
    struct worker *worker = ((struct client *)socket->on_close.data)->worker;

    for (h2o_linklist_t *at = worker->watches.next; at != &worker->watches; at = at->next) {
        struct watch *watch = H2O_STRUCT_FROM_MEMBER(struct watch, link, at);
        if (watch->client->socket != socket)
            continue;
        stop_polling(watch);
        look(watch);
        return;
    }
}

void watch_begin(struct watch *watch, struct client *client, uint32_t patience_ms,
                 void (*gone)(struct watch *watch))
{
    must(watch->client == NULL);
    watch->client = client;
    watch->patience_ms = patience_ms;
    watch->gone = gone;
    watch->look_again.fire = on_look_again;
    h2o_linklist_insert(&client->worker->watches, &watch->link);
    h2o_socket_dont_read(client->socket, 1);
    h2o_socket_read_start(client->socket, on_event);
}
