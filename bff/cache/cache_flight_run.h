/* A flight (cache_flight.h) on its way: it leads or follows, asks the second level and the service,
 * and lands. For cache_flight.c. */
#ifndef BFF_CACHE_CACHE_FLIGHT_RUN_H
#define BFF_CACHE_CACHE_FLIGHT_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/cache/cache.h"
#include "bff/cache/cache_call.h"
#include "bff/cache/cache_flight.h"
#include "bff/cache/cache_redis.h"

#define CACHE_FLIGHT_BUCKETS 256 /* a power of two */

struct cache_flights {
    struct cache_worker *worker;
    struct upstream *upstream;
    struct redis *redis; /* NULL: there is no second level */
    struct cache_flight *buckets[CACHE_FLIGHT_BUCKETS];
};

struct cache_flight {
    struct cache_flights *of;
    struct cache_flight *next; /* in its bucket */
    uint64_t hash;
    struct text key;
    struct cache_slot *slot; /* with a reference */
    h2o_linklist_t users;    /* the one who began it is the first */
    bool leads;              /* the slot's flight is this one */
    bool is_calling;         /* else it waits */
    bool is_background;      /* counted as such */
    bool is_landing;         /* it ends by itself, when all users have been told */
    bool has_joined;         /* a user came when the call may have been under way */
    unsigned failed;         /* calls and flights of others that brought no answer */
    struct cache_wait wait;
    struct cache_redis_get get;
    struct cache_call call;
};

static inline bool cache_flight_run_has_users(struct cache_flight *flight)
{
    return !h2o_linklist_is_empty(&flight->users);
}

/* Returns the stored answer, if it may be used because the service has failed; NULL: there is none.
 * It is borrowed. */
struct cache_entry *cache_flight_run_old(struct cache_flight *flight);

/* The flight leads the slot: it asks the second level and then the service. */
void cache_flight_run_lead(struct cache_flight *flight);

/* The flight waits for the one of another worker. */
void cache_flight_run_follow(struct cache_flight *flight);

/* Ends the flight, which has no users. ${is_slow}: the service had enough time. */
void cache_flight_run_drop(struct cache_flight *flight, bool is_slow);

#endif
