/* Where a worker listens: on the sockets that its current settings name (http_settings.listens). A
 * socket that old and new settings name goes on accepting without a break. All functions are called
 * in the worker's thread. */
#ifndef BFF_HTTP_WORKER_LISTEN_H
#define BFF_HTTP_WORKER_LISTEN_H

#include "bff/http/worker.h"
#include "bff/http/worker_settings.h"

/* Begins to accept connections. To be called once, when the worker can serve. */
void worker_listen_begin(struct worker *worker);

/*
 * Makes ${settings} the current settings (worker_settings_switch). Before, the worker stops
 * listening on the sockets that they do not name: it accepts the connections that wait there, with
 * the old certificate, and then all connections of these sockets end when they can
 * (client_leave.h). Afterwards, it listens on the sockets that are new. If it does not listen at
 * all, only the settings change.
 */
void worker_listen_switch(struct worker *worker, struct worker_settings *settings);

/* Stops listening for ever, for another process that listens on the sockets with has_successor. The
 * connections that are open end when they can (client_leave.h). */
void worker_listen_hand_over(struct worker *worker);

/* Accepts the connections that wait, and stops listening for ever. */
void worker_listen_end(struct worker *worker);

#endif
