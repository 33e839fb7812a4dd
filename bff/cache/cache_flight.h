/*
 * A flight fetches one answer for all parts that want it (single flight). It belongs to no request:
 * it goes on when some of its users leave.
 *
 * Each worker has at most one flight for a key, which all its users share. In the process, only one
 * of these flights makes the call: the one that leads the slot (cache.h). The others wait for the
 * end of that flight.
 *
 * How a flight ends for its users:
 *
 *   the answer is good      all get it, and it is stored
 *   it may not be stored    the user who began the flight gets it; the others ask for themselves,
 *                           and so does everybody who comes in the next seconds, because waiting
 *                           would be of no use
 *   the service has failed  all get the stored answer, if it may be used then (stale-if-error). If
 *                           not, the flight makes one more call when several users wait, because
 *                           without it each of them would have made a call. All get the result of
 *                           the last call
 *   the answer is no failure of the service, such as a 404: all get it, and nothing is stored
 *
 * A flight without users goes on in the background, so that the next page finds its answer:
 *
 *   a refresh    the stored answer was used although it is too old
 *   a straggler  all users' times for the answer were over
 *
 * The number of such flights is limited (cache_background.h), and their time is the service's.
 */
#ifndef BFF_CACHE_CACHE_FLIGHT_H
#define BFF_CACHE_CACHE_FLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include <h2o/linklist.h>

#include "bff/base/text.h"
#include "bff/cache/cache_rule.h"
#include "bff/cache/cache_worker.h"
#include "bff/upstream/fetch.h"

struct redis;
struct upstream;
struct cache_flights; /* of one worker and one generation */
struct cache_flight;

/* ${redis} is the second level, which the flight asks before the service; NULL: there is none. */
struct cache_flights *cache_flights_new(struct cache_worker *worker, struct upstream *upstream,
                                        struct redis *redis);

/* Cancels the flights. They must have no users. NULL: does nothing. */
void cache_flights_free(struct cache_flights *flights);

/* Returns the worker of cache_flights_new. */
struct cache_worker *cache_flights_worker(const struct cache_flights *flights);

/* How a flight has ended for a user. */
struct cache_flight_end {
    struct fetch_outcome outcome; /* its value is borrowed during the callback */
    bool is_found;                /* the outcome was in the second level */
    bool is_alone;                /* there is no outcome: the user must ask for itself */
    bool is_stale;    /* the outcome is the stored answer, because the service has failed */
    bool is_stored;   /* the outcome has been stored now */
    int failed;       /* with is_stale: the status of the failure; 0: no answer came */
    int64_t fresh_ns; /* until then the outcome is fresh; 0: not known */
    const struct fetch *fetch; /* valid during the callback; NULL: another worker made the call */
};

/* A user, in the memory of its owner. It uses no flight while it is all zero. */
struct cache_flight_user {
    h2o_linklist_t link;
    struct cache_flight *flight;
    bool is_first; /* it has begun the flight */
    void (*landed)(struct cache_flight_user *user, const struct cache_flight_end *end);
};

/* What a flight is for. ${key} is borrowed during the calls, and ${rule} must outlive the flights.
 * The reference to ${slot} goes over. */
struct cache_flight_ask {
    struct text key;
    struct cache_slot *slot;
    const struct cache_rule *rule;
    const struct fetch_ask *fetch; /* as in cache_call_init */
    struct cache_entry *old;       /* which is stored, and is not fresh; borrowed; NULL: none */
};

/* Makes ${user} a user of this worker's flight for ${key}. Returns false when there is none. */
bool cache_flight_join(struct cache_flights *flights, struct cache_flight_user *user,
                       struct text key);

/*
 * Begins a flight with ${user} as its first user. There must be none for the key in this worker.
 * ${leads}: the caller leads the slot (cache_slot_lead), and the flight ends that. Otherwise the
 * flight waits for the one of another worker. user->landed is called once, never from inside this
 * function.
 */
void cache_flight_begin(struct cache_flights *flights, struct cache_flight_user *user,
                        const struct cache_flight_ask *ask, bool leads);

/* Begins a flight without users, to refresh the stored answer; or does nothing, when somebody else
 * does it already or there are too many flights in the background. */
void cache_flight_refresh(struct cache_flights *flights, const struct cache_flight_ask *ask);

/* The user does not need the answer any more: landed is not called. The flight ends if it has no
 * other users. Does nothing for a user of no flight. */
void cache_flight_leave(struct cache_flight_user *user);

/* The user's time is over: landed is not called. Returns true when the flight goes on. */
bool cache_flight_time_over(struct cache_flight_user *user);

/* Returns the flight's stored answer, if it may be used because the service is too slow. It is
 * borrowed until the user leaves. NULL: there is none. */
struct cache_entry *cache_flight_old(const struct cache_flight_user *user);

/* Returns the call of the user's flight; NULL: none was made in this worker yet. */
const struct fetch *cache_flight_fetch(const struct cache_flight_user *user);

#endif
