/* See cache_flight.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/hash.h"
#include "bff/base/memory.h"
#include "bff/cache/cache_flight.h"
#include "bff/cache/cache_flight_run.h"
#include "bff/cache/cache_stored.h"

/* The table. */

static struct cache_flight *find(const struct cache_flights *flights, uint64_t hash,
                                 struct text key)
{
    struct cache_flight *flight = flights->buckets[hash % CACHE_FLIGHT_BUCKETS];

    while (flight != NULL && !(flight->hash == hash && text_equal(flight->key, key)))
        flight = flight->next;
    return flight;
}

static struct cache_flight *make(struct cache_flights *flights, const struct cache_flight_ask *ask)
{
    struct cache_flight *flight = memory_new(sizeof(*flight) + ask->key.len);
    uint64_t hash = hash_text(ask->key);
    struct cache_flight **bucket = &flights->buckets[hash % CACHE_FLIGHT_BUCKETS];

    flight->of = flights;
    flight->hash = hash;
    memcpy(flight + 1, ask->key.at, ask->key.len);
    flight->key = (struct text){(const char *)(flight + 1), ask->key.len};
    flight->slot = ask->slot;
    h2o_linklist_init_anchor(&flight->users);
    cache_call_init(&flight->call, ask->fetch, ask->rule);
    cache_call_set_old(&flight->call, ask->old);
    flight->next = *bucket;
    *bucket = flight;
    return flight;
}

/* Users. */

static void add(struct cache_flight *flight, struct cache_flight_user *user)
{
    must(user->flight == NULL);
    user->flight = flight;
    user->is_first = !cache_flight_run_has_users(flight);
    h2o_linklist_insert(&flight->users, &user->link);
}

bool cache_flight_join(struct cache_flights *flights, struct cache_flight_user *user,
                       struct text key)
{
    struct cache_flight *flight = find(flights, hash_text(key), key);

    if (flight == NULL)
        return false;
    add(flight, user);
    user->is_first = false;
    flight->has_joined = true;
    return true;
}

void cache_flight_begin(struct cache_flights *flights, struct cache_flight_user *user,
                        const struct cache_flight_ask *ask, bool leads)
{
    struct cache_flight *flight = make(flights, ask);

    add(flight, user);
    flight->leads = leads;
    if (leads)
        cache_flight_run_lead(flight);
    else
        cache_flight_run_follow(flight);
}

void cache_flight_refresh(struct cache_flights *flights, const struct cache_flight_ask *ask)
{
    struct cache_background *background = flights->worker->background;
    struct cache_flight *flight;

    if (find(flights, hash_text(ask->key), ask->key) != NULL ||
        !cache_background_begin(background)) {
        cache_slot_release(ask->slot);
        return;
    }
    if (!cache_slot_lead(ask->slot)) {
        cache_background_end(background);
        cache_slot_release(ask->slot);
        return;
    }
    flight = make(flights, ask);
    flight->leads = flight->is_background = true;
    cache_flight_run_lead(flight);
}

/* Returns the flight that ${user} had. */
static struct cache_flight *leave(struct cache_flight_user *user)
{
    struct cache_flight *flight = user->flight;

    h2o_linklist_unlink(&user->link);
    user->flight = NULL;
    return flight;
}

/* True when the flight goes on without the user that has left. */
static bool goes_on(struct cache_flight *flight)
{
    return cache_flight_run_has_users(flight) || flight->is_background || flight->is_landing;
}

void cache_flight_leave(struct cache_flight_user *user)
{
    if (user->flight == NULL)
        return;
    struct cache_flight *flight = leave(user);
    if (!goes_on(flight))
        cache_flight_run_drop(flight, false);
}

bool cache_flight_time_over(struct cache_flight_user *user)
{
    struct cache_flight *flight = leave(user);

    if (goes_on(flight))
        return true;
    if ((flight->leads || flight->is_calling) &&
        cache_background_begin(flight->of->worker->background)) {
        flight->is_background = true;
        return true;
    }
    cache_flight_run_drop(flight, true);
    return false;
}

struct cache_entry *cache_flight_old(const struct cache_flight_user *user)
{
    return cache_flight_run_old(user->flight);
}

const struct fetch *cache_flight_fetch(const struct cache_flight_user *user)
{
    return user->flight->is_calling ? &user->flight->call.fetch : NULL;
}

/* All flights of a worker. */

struct cache_flights *cache_flights_new(struct cache_worker *worker, struct upstream *upstream,
                                        struct redis *redis)
{
    struct cache_flights *flights = memory_new(sizeof(*flights));

    flights->worker = worker;
    flights->upstream = upstream;
    flights->redis = redis;
    return flights;
}

struct cache_worker *cache_flights_worker(const struct cache_flights *flights)
{
    return flights->worker;
}

void cache_flights_free(struct cache_flights *flights)
{
    if (flights == NULL)
        return;
    for (size_t i = 0; i < CACHE_FLIGHT_BUCKETS; i++)
        while (flights->buckets[i] != NULL)
            cache_flight_run_drop(flights->buckets[i], false);
    memory_free(flights);
}
