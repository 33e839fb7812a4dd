/*
 * The part of a key source that belongs to one worker of one configuration: its view of the keys,
 * the requests that wait for keys, and the fetches that this worker makes. All functions are called
 * in the worker's thread.
 */
#ifndef BFF_TOKEN_KEY_SOURCE_WORKER_H
#define BFF_TOKEN_KEY_SOURCE_WORKER_H

#include <h2o/linklist.h>

#include "bff/token/key_source.h"
#include "bff/upstream/endpoints.h"

struct key_source_worker;

/* ${source} and ${settings} are borrowed until key_source_worker_free. Nothing is fetched yet. */
struct key_source_worker *key_source_worker_new(struct key_source *source,
                                                const struct key_source_settings *settings,
                                                struct endpoints *endpoints);

/* Nobody may wait. A fetch under way is given up. NULL: does nothing. */
void key_source_worker_free(struct key_source_worker *worker);

/* One worker of the process sees to it that the keys are fetched at the start, refreshed, and
 * dropped when they are too old. From now on ${worker} does, until key_source_worker_stop. */
void key_source_worker_start(struct key_source_worker *worker);
void key_source_worker_stop(struct key_source_worker *worker);

/* Returns the keys; NULL: there are none. Valid until the next look. Costs one atomic load. */
const struct key_set *key_source_worker_look(struct key_source_worker *worker);

/* Somebody who waits for the end of a fetch. In the memory of its user. ${done} is called once,
 * from the loop, unless key_source_worker_cancel is called before. */
struct key_source_wait {
    h2o_linklist_t link;
    uint64_t round; /* key_source_worker.c's own: how many fetches had ended before */
    void (*done)(struct key_source_wait *wait);
};

/*
 * Asks for a fetch, because a key is not known (key_source_state.h). Returns KEY_SOURCE_UNDER_WAY
 * when ${wait} waits now, for a fetch of this worker or of another one. KEY_SOURCE_NOT_NOW: the key
 * does not exist. KEY_SOURCE_DOWN: the keys cannot be had for ${*retry_s} seconds. KEY_SOURCE_FETCH
 * is never returned.
 */
enum key_source_chance key_source_worker_ask(struct key_source_worker *worker,
                                             struct key_source_wait *wait, unsigned *retry_s);

/* The wait is over. The fetch goes on. Does nothing when ${wait} does not wait. */
void key_source_worker_cancel(struct key_source_wait *wait);

/* Returns after how many milliseconds a wait is hopeless: the time limits of a fetch. */
uint32_t key_source_worker_patience_ms(const struct key_source_worker *worker);

#endif
