/*
 * Whether the process can use a Redis server. All connections of all workers to it tell their
 * changes here, so that the events redis_down and redis_up are logged once for each change, and not
 * once for each worker. redis_down is logged when the first connection is lost, and redis_up when
 * every connection that was lost has been made again.
 */
#ifndef BFF_STORE_REDIS_STATE_H
#define BFF_STORE_REDIS_STATE_H

#include "bff/base/registry.h"
#include "bff/store/redis_fault.h"
#include "bff/store/redis_settings.h"

struct redis_state; /* an object of the registry: any thread may use it */

/* What one connection has told. */
enum redis_state_mine {
    REDIS_STATE_UNKNOWN, /* nothing yet */
    REDIS_STATE_UP,
    REDIS_STATE_DOWN,
};

/* Returns the state of the server of ${settings}, with one more reference. The caller drops it with
 * registry_release. */
struct redis_state *redis_state_hold(struct registry *registry,
                                     const struct redis_settings *settings);

/* A connection is made. ${*mine} is what it has told before. */
void redis_state_up(struct redis_state *state, enum redis_state_mine *mine);

/* A connection is lost, or cannot be made. ${label} is the server. */
void redis_state_down(struct redis_state *state, enum redis_state_mine *mine,
                      enum redis_fault fault, const char *label);

/* What is known about the server now. */
struct redis_report {
    unsigned up, down;      /* connections; those that have told nothing yet are in neither */
    enum redis_fault fault; /* why the last one was lost; REDIS_FAULT_NONE: none has been lost */
};

/* May be called from any thread. */
struct redis_report redis_state_read(const struct redis_state *state);

/* A connection ends with its configuration. This is no change of the server. */
void redis_state_leave(struct redis_state *state, enum redis_state_mine *mine);

#endif
