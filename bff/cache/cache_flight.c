/* See cache_flight.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/hash.h"
#include "bff/base/memory.h"
#include "bff/cache/cache.h"
#include "bff/cache/cache_call.h"
#include "bff/cache/cache_flight.h"
#include "bff/cache/cache_stored.h"

#define BUCKETS 256 /* a power of two */

/* After so many flights of other workers that have failed, a flight makes its call without leading
 * the slot. So nobody waits for ever for workers that fail one after the other. */
#define FAILED_MOST 2

struct cache_flights {
    struct cache_worker *worker; /* must be first: cache_flights_worker */
    struct upstream *upstream;
    struct cache_flight *buckets[BUCKETS];
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
    unsigned failed;         /* calls and flights of others that came to nothing */
    struct cache_wait wait;
    struct cache_call call;
};

static struct cache_flight_user *user_of(h2o_linklist_t *link)
{
    return H2O_STRUCT_FROM_MEMBER(struct cache_flight_user, link, link);
}

static bool has_users(struct cache_flight *flight)
{
    return !h2o_linklist_is_empty(&flight->users);
}

/* The table. */

static struct cache_flight *find(const struct cache_flights *flights, uint64_t hash,
                                 struct text key)
{
    struct cache_flight *flight = flights->buckets[hash % BUCKETS];

    while (flight != NULL && !(flight->hash == hash && text_equal(flight->key, key)))
        flight = flight->next;
    return flight;
}

static void take_out(struct cache_flight *flight)
{
    struct cache_flight **place = &flight->of->buckets[flight->hash % BUCKETS];

    while (*place != flight)
        place = &(*place)->next;
    *place = flight->next;
}

static struct cache_flight *make(struct cache_flights *flights, const struct cache_flight_ask *ask)
{
    struct cache_flight *flight = memory_new(sizeof(*flight) + ask->key.len);
    uint64_t hash = hash_text(ask->key);
    struct cache_flight **bucket = &flights->buckets[hash % BUCKETS];

    flight->of = flights;
    flight->hash = hash;
    memcpy(flight + 1, ask->key.at, ask->key.len);
    flight->key = (struct text){(const char *)(flight + 1), ask->key.len};
    flight->slot = ask->slot;
    h2o_linklist_init_anchor(&flight->users);
    cache_call_init(&flight->call, ask->fetch, ask->rule,
                    ask->old == NULL ? NULL : cache_entry_hold(ask->old));
    flight->next = *bucket;
    *bucket = flight;
    return flight;
}

/* The end. */

/* Tells the other workers. ${entry} is stored; NULL: nothing is. */
static void end_lead(struct cache_flight *flight, struct cache_entry *entry)
{
    if (flight->leads)
        cache_slot_end(flight->slot, entry);
    flight->leads = false;
}

/* Frees a flight that is in the table no more. */
static void free_flight(struct cache_flight *flight, bool is_slow)
{
    must(!has_users(flight));
    cache_wait_end(&flight->wait);
    cache_call_end(&flight->call, is_slow);
    end_lead(flight, NULL);
    cache_slot_release(flight->slot);
    if (flight->is_background)
        cache_background_end(flight->of->worker->background);
    memory_free(flight);
}

/* The callback may end the request of this user, and with it other users of this flight. */
static void tell_first(struct cache_flight *flight, const struct cache_flight_end *end)
{
    struct cache_flight_user *user = user_of(flight->users.next);

    h2o_linklist_unlink(&user->link);
    user->flight = NULL;
    user->landed(user, end);
}

/* Ends the flight for all users. It is out of the table first, because a user may ask for the same
 * key again. */
static void land(struct cache_flight *flight, const struct cache_flight_end *end)
{
    take_out(flight);
    while (has_users(flight))
        tell_first(flight, end);
    free_flight(flight, false);
}

/* The answer is for one user only. */
static void land_alone(struct cache_flight *flight, struct cache_flight_end *end)
{
    take_out(flight);
    if (has_users(flight))
        tell_first(flight, end);
    while (has_users(flight))
        tell_first(flight, &(struct cache_flight_end){.is_alone = true});
    free_flight(flight, false);
}

static void land_on(struct cache_flight *flight, const struct cache_entry *entry)
{
    land(flight, &(struct cache_flight_end){
                     .outcome = {.status = entry->status, .value = entry->body},
                     .fresh_ns = entry->fresh_ns,
                 });
}

/* The call. */

static void on_called(struct cache_call *call, void *cookie);

static void make_call(struct cache_flight *flight)
{
    flight->is_calling = true;
    cache_call_start(&flight->call, flight->of->upstream, on_called, flight);
}

/* The failure of a service may pass, and then the next call has another result. */
static bool may_pass(const struct fetch_outcome *outcome)
{
    return outcome->reason == REASON_TIMEOUT || outcome->reason == REASON_CONNECT ||
           outcome->reason == REASON_RESET ||
           (outcome->reason == REASON_STATUS && outcome->status >= 500);
}

static bool is_failure(const struct fetch_outcome *outcome)
{
    if (outcome->reason == REASON_STATUS)
        return outcome->status >= 500;
    return outcome->reason != REASON_NONE;
}

/* True when several users wait. */
static bool has_others(struct cache_flight *flight)
{
    return has_users(flight) && flight->users.next != flight->users.prev;
}

static void land_failed(struct cache_flight *flight, struct cache_flight_end *end)
{
    const struct cache_entry *old = flight->call.old;

    if (is_failure(&end->outcome) && old != NULL &&
        cache_stored_may_fail_over(old, clock_now_ns())) {
        end->is_stale = true;
        end->failed = end->outcome.status;
        end->outcome = (struct fetch_outcome){.status = old->status, .value = old->body};
        end->fresh_ns = old->fresh_ns;
        land(flight, end);
    } else if (may_pass(&end->outcome) && flight->failed == 0 && has_others(flight)) {
        flight->failed++;
        make_call(flight);
    } else {
        land(flight, end);
    }
}

static void on_called(struct cache_call *call, void *cookie)
{
    struct cache_flight *flight = cookie;
    struct cache_flight_end end = {.outcome = call->outcome, .fetch = &call->fetch};

    if (call->is_private) {
        struct cache_entry *note = cache_stored_private(call->asked_ns);
        end_lead(flight, note);
        cache_entry_release(note);
        land_alone(flight, &end);
    } else if (call->entry != NULL) {
        end.is_stored = flight->leads;
        end.fresh_ns = call->entry->fresh_ns;
        end_lead(flight, call->entry);
        land(flight, &end);
    } else {
        land_failed(flight, &end);
    }
}

/* Waiting for another worker. */

static void wait_or_call(struct cache_flight *flight);

static void on_ended(struct cache_wait *wait)
{
    struct cache_flight *flight = H2O_STRUCT_FROM_MEMBER(struct cache_flight, wait, wait);
    struct cache_entry *entry = cache_slot_entry(flight->slot);
    enum cache_stored state = cache_stored_state(entry, clock_now_ns());

    if (state == CACHE_STORED_PRIVATE) {
        take_out(flight);
        while (has_users(flight))
            tell_first(flight, &(struct cache_flight_end){.is_alone = true});
        free_flight(flight, false);
    } else if (state == CACHE_STORED_NOTHING) {
        flight->failed++;
        wait_or_call(flight);
    } else {
        land_on(flight, entry);
    }
    cache_entry_release(entry);
}

static void wait_or_call(struct cache_flight *flight)
{
    flight->leads = cache_slot_lead(flight->slot);
    if (flight->leads || flight->failed >= FAILED_MOST)
        make_call(flight);
    else
        cache_wait_begin(flight->of->worker->reader, &flight->wait, flight->slot, on_ended);
}

/* Users. */

static void add(struct cache_flight *flight, struct cache_flight_user *user)
{
    must(user->flight == NULL);
    user->flight = flight;
    user->is_first = !has_users(flight);
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
    return true;
}

void cache_flight_begin(struct cache_flights *flights, struct cache_flight_user *user,
                        const struct cache_flight_ask *ask, bool leads)
{
    struct cache_flight *flight = make(flights, ask);

    add(flight, user);
    flight->leads = leads;
    if (leads)
        make_call(flight);
    else
        cache_wait_begin(flights->worker->reader, &flight->wait, flight->slot, on_ended);
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
    make_call(flight);
}

/* Returns the flight that ${user} had. */
static struct cache_flight *leave(struct cache_flight_user *user)
{
    struct cache_flight *flight = user->flight;

    h2o_linklist_unlink(&user->link);
    user->flight = NULL;
    return flight;
}

static void drop(struct cache_flight *flight, bool is_slow)
{
    take_out(flight);
    free_flight(flight, is_slow);
}

void cache_flight_leave(struct cache_flight_user *user)
{
    if (user->flight == NULL)
        return;
    struct cache_flight *flight = leave(user);
    if (!has_users(flight) && !flight->is_background)
        drop(flight, false);
}

bool cache_flight_time_over(struct cache_flight_user *user)
{
    struct cache_flight *flight = leave(user);

    if (has_users(flight) || flight->is_background)
        return true;
    if (flight->is_calling && cache_background_begin(flight->of->worker->background)) {
        flight->is_background = true;
        return true;
    }
    drop(flight, true);
    return false;
}

struct cache_entry *cache_flight_old(const struct cache_flight_user *user)
{
    struct cache_entry *old = user->flight->call.old;

    return old != NULL && cache_stored_may_fail_over(old, clock_now_ns()) ? old : NULL;
}

const struct fetch *cache_flight_fetch(const struct cache_flight_user *user)
{
    return user->flight->is_calling ? &user->flight->call.fetch : NULL;
}

/* All flights of a worker. */

struct cache_flights *cache_flights_new(struct cache_worker *worker, struct upstream *upstream)
{
    struct cache_flights *flights = memory_new(sizeof(*flights));

    flights->worker = worker;
    flights->upstream = upstream;
    return flights;
}

void cache_flights_free(struct cache_flights *flights)
{
    if (flights == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        while (flights->buckets[i] != NULL)
            drop(flights->buckets[i], false);
    memory_free(flights);
}
