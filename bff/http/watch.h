/*
 * Notices that an HTTP/1.1 client leaves while the server works on its request. libh2o does not
 * read from the connection during that time. So this file polls the socket without reading from it.
 * This also saves the system calls with which libh2o would remove the socket from the poll and add
 * it again. HTTP/2 needs no watch: libh2o always reads, and ends the request.
 *
 * A client that only shuts down its sending side (half-close) is handled as if it had left.
 */
#ifndef BFF_HTTP_WATCH_H
#define BFF_HTTP_WATCH_H

#include <h2o.h>

#include "bff/http/client.h"
#include "bff/loop/timer.h"

struct watch {
    h2o_linklist_t link;   /* in worker->watches */
    struct client *client; /* NULL: nothing is watched */
    void (*gone)(struct watch *watch);
    struct timer look_again; /* set after the arrival of bytes that must not be read yet */
};

/*
 * Begins to watch ${client}, which uses HTTP/1.1. ${watch} must be all zero or have ended. When the
 * client has left, the watch ends, and then ${gone} is called once, from the loop.
 */
void watch_begin(struct watch *watch, struct client *client, void (*gone)(struct watch *watch));

/* Ends the watch. To be called before anything is sent, because libh2o expects the socket in the
 * state in which libh2o left it. Also to be called when the request ends. Idempotent. */
void watch_end(struct watch *watch);

#endif
