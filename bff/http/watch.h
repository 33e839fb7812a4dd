/*
 * Notices that the client has left while its request is being worked on. HTTP/2 tells by itself
 * (libh2o ends the request); on HTTP/1.1 libh2o does not read while a handler is pending, so we
 * watch the socket without reading it. That also saves libh2o's taking it off the poll and back.
 *
 * A client that only shuts its sending side looks gone, as it does to nginx.
 */
#ifndef BFF_HTTP_WATCH_H
#define BFF_HTTP_WATCH_H

#include <h2o.h>

#include "bff/loop/timer.h"

struct request;

struct watch {
    h2o_linklist_t link; /* in worker->watches */
    struct request *request;
    h2o_socket_t *socket;
    void (*gone)(struct watch *watch);
    struct timer look_again; /* after bytes came that are not ours to read yet */
};

/*
 * Begins to watch; ${watch} (all zero) lies in the request's memory. ${gone} is called once, when
 * the client has left; the watch has ended then. Does nothing for HTTP/2.
 */
void watch_begin(struct watch *watch, struct request *request, void (*gone)(struct watch *watch));

/* Ends the watch: before anything is sent, and when the request goes. Idempotent. */
void watch_end(struct watch *watch);

#endif
