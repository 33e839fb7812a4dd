/* Where a worker listens: on the sockets that its current settings name (http_settings.listens). A
 * socket that old and new settings name goes on accepting without a break. All functions are called
 * in the worker's thread. */
#ifndef BFF_HTTP_WORKER_LISTEN_H
#define BFF_HTTP_WORKER_LISTEN_H

#include "bff/http/http_settings.h"
#include "bff/http/worker.h"

/* Begins to accept connections. To be called once, when the worker can serve. */
void worker_listen_begin(struct worker *worker);

/*
 * Stops listening on the sockets that ${next} does not name. Connections that wait there are
 * accepted first, and then all connections of these sockets end when they can (client_leave.h). To
 * be called before ${next} becomes the current settings: the connections need the old certificate.
 */
void worker_listen_leave(struct worker *worker, const struct http_settings *next);

/* Begins to listen on the sockets of the current settings on which the worker does not listen, and
 * uses their current settings for the others. Before worker_listen_begin and after
 * worker_listen_end it does nothing. */
void worker_listen_follow(struct worker *worker);

/* Stops listening for ever, for another process that listens on the sockets with has_successor. The
 * connections that are open end when they can (client_leave.h). */
void worker_listen_hand_over(struct worker *worker);

/* Accepts the connections that wait, and stops listening for ever. */
void worker_listen_end(struct worker *worker);

#endif
