/* See worker_listen.h. */
#include "bff/base/memory.h"
#include "bff/http/client.h"
#include "bff/http/client_leave.h"
#include "bff/http/worker_listen.h"

static struct worker_listener *listener_at(h2o_linklist_t *link)
{
    return H2O_STRUCT_FROM_MEMBER(struct worker_listener, link, link);
}

/* The settings that may change from one configuration to the next. */
static void adopt(struct worker_listener *listener, const struct listen *listen)
{
    listener->is_tls = listen->is_tls;
    listener->is_admin = listen->is_admin;
    listener->is_unix = listen_is_unix(listen);
    listener->has_proxy_header = listen->has_proxy_header;
}

static void listen_on(struct worker *worker, const struct listen *listen, int *fd)
{
    struct worker_listener *listener = memory_new(sizeof(*listener));

    listener->worker = worker;
    listener->fd = fd;
    listener->accept = (h2o_accept_ctx_t){
        .ctx = &worker->context,
        .hosts = worker->config.hosts,
    };
    adopt(listener, listen);
    h2o_linklist_insert(&worker->listeners, &listener->link);
    client_listen(listener);
}

static struct worker_listener *find(struct worker *worker, const int *fd)
{
    for (h2o_linklist_t *at = worker->listeners.next; at != &worker->listeners; at = at->next)
        if (listener_at(at)->fd == fd)
            return listener_at(at);
    return NULL;
}

/* The sockets of ${listen} are dealt out to the workers in turn. */
static void follow_one(struct worker *worker, const struct listen *listen)
{
    for (size_t i = worker->number; i < listen->fd_count; i += worker->common->workers) {
        struct worker_listener *listener = find(worker, &listen->fds[i]);
        if (listener != NULL)
            adopt(listener, listen);
        else
            listen_on(worker, listen, &listen->fds[i]);
    }
}

static void follow(struct worker *worker)
{
    const struct http_settings *http = worker->settings->http;

    for (size_t i = 0; i < http->listen_count && worker->is_listening; i++)
        follow_one(worker, &http->listens[i]);
}

void worker_listen_begin(struct worker *worker)
{
    worker->is_listening = true;
    follow(worker);
}

/* Returns the row of ${by} that has the socket of ${listener}; NULL: there is none. */
static const struct listen *row_of(const struct worker_listener *listener,
                                   const struct http_settings *by)
{
    for (size_t i = 0; i < by->listen_count; i++) {
        const int *first = by->listens[i].fds;
        if (listener->fd >= first && listener->fd < first + by->listens[i].fd_count)
            return &by->listens[i];
    }
    return NULL;
}

static void leave(struct worker *worker, const struct http_settings *next)
{
    h2o_linklist_t *after;

    for (h2o_linklist_t *at = worker->listeners.next; at != &worker->listeners; at = after) {
        struct worker_listener *listener = listener_at(at);
        after = at->next;
        if (row_of(listener, next) != NULL)
            continue;
        h2o_linklist_unlink(&listener->link);
        client_leave(listener);
    }
}

void worker_listen_hand_over(struct worker *worker)
{
    worker->is_listening = false;
    while (!h2o_linklist_is_empty(&worker->listeners)) {
        struct worker_listener *listener = listener_at(worker->listeners.next);
        const struct listen *row = row_of(listener, worker->settings->http);
        listener->has_successor = row != NULL && row->has_successor;
        h2o_linklist_unlink(&listener->link);
        client_leave(listener);
    }
}

void worker_listen_switch(struct worker *worker, struct worker_settings *settings)
{
    leave(worker, settings->http);
    worker_settings_switch(worker, settings);
    follow(worker);
}

void worker_listen_end(struct worker *worker)
{
    worker->is_listening = false;
    while (!h2o_linklist_is_empty(&worker->listeners)) {
        struct worker_listener *listener = listener_at(worker->listeners.next);
        h2o_linklist_unlink(&listener->link);
        client_stop_listening(listener);
        client_free_listener(listener);
    }
}
