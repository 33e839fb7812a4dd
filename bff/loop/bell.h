/*
 * A bell wakes a worker from another thread. It is an eventfd that the worker's loop watches.
 * Ringing never waits and takes no lock. When a bell is rung several times before its worker wakes,
 * this costs one system call.
 *
 * While a thread has taken a bell, it may ring all other bells of the same registry of which it has
 * a pointer. A bell may have been given back, and another worker may have taken it. Then the ring
 * wakes that worker without need, which is harmless.
 */
#ifndef BFF_LOOP_BELL_H
#define BFF_LOOP_BELL_H

#include <h2o/linklist.h>
#include <h2o/socket.h>

#include "bff/base/registry.h"

struct bell;

/* ${rung} is called in the bell's loop after each ring. It may remove its own listener, but no
 * other one. The struct is embedded in its owner. All zero: not listening. */
struct bell_listener {
    h2o_linklist_t link;
    void (*rung)(struct bell_listener *listener);
};

/* Takes a bell for ${loop}. To be called in the thread of the loop. The caller gives it back with
 * bell_return. */
struct bell *bell_take(struct registry *registry, h2o_loop_t *loop);

/* Gives the bell back. It must have no listeners. Does nothing for NULL. */
void bell_return(struct bell *bell);

/* Adds ${listener}. To be called in the thread of the bell's loop. */
void bell_listen(struct bell *bell, struct bell_listener *listener);

/* Removes ${listener}. Does nothing when it is not listening. */
void bell_unlisten(struct bell_listener *listener);

/* Wakes the bell's loop, which calls the listeners. May be called from any thread. */
void bell_ring(struct bell *bell);

#endif
