/*
 * Notices that an HTTP/1.1 client leaves while its request is worked on. libh2o does not read from
 * the connection during that time, so the socket is watched without reading from it. This also
 * saves libh2o the system calls that take the socket off the poll and put it back. HTTP/2 needs no
 * watch: libh2o reads all the time and ends the request.
 *
 * A client that only shuts down its sending side (half-close) looks as if it had left.
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
    struct timer look_again; /* after bytes came that are not ours to read yet */
};

/*
 * Begins to watch ${client}, which speaks HTTP/1.1. ${watch} is all zero or has ended. ${gone} is
 * called once, from the loop, when the client has left; the watch has ended then.
 */
void watch_begin(struct watch *watch, struct client *client, void (*gone)(struct watch *watch));

/* Ends the watch. To be called before anything is sent, because libh2o expects its socket in the
 * state in which it left it. Also to be called when the request ends. Idempotent. */
void watch_end(struct watch *watch);

#endif
