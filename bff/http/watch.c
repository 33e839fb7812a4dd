/* See watch.h. */
#include <poll.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/http/request.h"
#include "bff/http/watch.h"

/* TLS's close_notify comes before the FIN and looks like pipelined data: hence a second look. */
#define LOOK_AGAIN_MS 250

static void stop_polling(struct watch *watch)
{
    if (!h2o_linklist_is_linked(&watch->link))
        return;
    h2o_linklist_unlink(&watch->link);
    h2o_socket_dont_read(watch->socket, 0);
    h2o_socket_read_stop(watch->socket);
}

void watch_end(struct watch *watch)
{
    if (watch->request == NULL)
        return;
    stop_polling(watch);
    timer_clear(worker_timers(watch->request->worker), &watch->look_again);
    watch->request->watch = NULL;
    watch->request = NULL;
}

static bool has_left(const struct watch *watch)
{
    struct pollfd look = {.fd = h2o_socket_get_fd(watch->socket), .events = POLLRDHUP};

    return poll(&look, 1, 0) > 0 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

static void look(struct watch *watch)
{
    struct timers *timers = worker_timers(watch->request->worker);

    if (has_left(watch)) {
        watch_end(watch);
        watch->gone(watch);
        return;
    }
    timer_set(timers, &watch->look_again, clock_now_ns() + LOOK_AGAIN_MS * CLOCK_MS);
}

static void on_look_again(struct timer *timer)
{
    look(H2O_STRUCT_FROM_MEMBER(struct watch, look_again, timer));
}

/* socket->data is libh2o's, so ours is found by the list; the event is rare. */
static void on_event(h2o_socket_t *socket, const char *error)
{
    struct worker *worker = ((struct client *)socket->on_close.data)->worker;

    for (h2o_linklist_t *at = worker->watches.next; at != &worker->watches; at = at->next) {
        struct watch *watch = H2O_STRUCT_FROM_MEMBER(struct watch, link, at);
        if (watch->socket != socket)
            continue;
        stop_polling(watch);
        look(watch);
        return;
    }
}

void watch_begin(struct watch *watch, struct request *request, void (*gone)(struct watch *watch))
{
    must(watch->request == NULL && request->watch == NULL);
    if (request_is_http2(request))
        return;
    watch->request = request;
    watch->gone = gone;
    watch->socket = request->client->socket;
    watch->look_again.fire = on_look_again;
    request->watch = watch;
    h2o_linklist_insert(&request->worker->watches, &watch->link);
    h2o_socket_dont_read(watch->socket, 1);
    h2o_socket_read_start(watch->socket, on_event);
}
