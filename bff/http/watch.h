/*
 * Notices that an HTTP/1.1 client leaves while the server works on its request. libh2o does not
 * read from the connection during that time. So this file polls the socket without reading from it.
 * This also saves the system calls with which libh2o would remove the socket from the poll and add
 * it again. HTTP/2 needs no watch: libh2o always reads, and ends the request.
 *
 * A client that only ends its sending side (half-close) sends the same FIN as a client that leaves.
 * The user of a watch says how long such a client is waited for. A reset always means that the
 * client has left.
 */
#ifndef BFF_HTTP_WATCH_H
#define BFF_HTTP_WATCH_H

#include <h2o.h>

#include "bff/http/client.h"
#include "bff/loop/timer.h"

struct watch {
    h2o_linklist_t link;   /* in worker->watches */
    struct client *client; /* NULL: nothing is watched */
    uint32_t patience_ms;
    int64_t half_closed_ns; /* when its FIN was noticed, also by an earlier watch; 0: it was not */
    bool is_late;           /* ${gone} is called because a half-closed client has waited too long */
    void (*gone)(struct watch *watch);
    struct timer look_again; /* set after the arrival of bytes that must not be read yet */
};

#define WATCH_ENDLESS UINT32_MAX

/*
 * Begins to watch ${client}, which speaks HTTP/1.1. ${watch} is all zero or has ended. A FIN counts
 * as leaving after ${patience_ms}; 0: at once; WATCH_ENDLESS: never. ${gone} is called once, from
 * the loop, when the client has left; the watch has ended then.
 */
void watch_begin(struct watch *watch, struct client *client, uint32_t patience_ms,
                 void (*gone)(struct watch *watch));

/* Ends the watch. To be called before anything is sent, because libh2o expects the socket in the
 * state in which libh2o left it. Also to be called when the request ends. Idempotent. */
void watch_end(struct watch *watch);

#endif
