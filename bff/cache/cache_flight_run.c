/* See cache_flight_run.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/cache/cache_flight_run.h"
#include "bff/cache/cache_mark.h"
#include "bff/cache/cache_stored.h"

/* After so many flights of other workers that have failed, a flight makes its call without leading
 * the slot. So nobody waits for ever for workers that fail one after the other. */
#define FAILED_MOST 2

#define UNSTORED_NS (10 * CLOCK_S) /* how long a mark "unstored" holds */

static struct cache_flight_user *user_of(h2o_linklist_t *link)
{
    return H2O_STRUCT_FROM_MEMBER(struct cache_flight_user, link, link);
}

/* The end. */

static void take_out(struct cache_flight *flight)
{
    struct cache_flight **place = &flight->of->buckets[flight->hash % CACHE_FLIGHT_BUCKETS];

    while (*place != flight)
        place = &(*place)->next;
    *place = flight->next;
}

/* Tells the other workers. ${entry} is stored; NULL: nothing is. */
static void end_lead(struct cache_flight *flight, struct cache_entry *entry)
{
    if (flight->leads)
        cache_slot_end(flight->slot, entry);
    flight->leads = false;
}

static struct cache_entry *mark_of(const struct cache_call *call)
{
    return cache_mark_unstored(cache_call_path(call), call->asked_ns, clock_now_ns() + UNSTORED_NS);
}

/* The answer must not be stored: those who come next need not wait for a flight. */
static void end_unstored(struct cache_flight *flight)
{
    struct cache_entry *mark = mark_of(&flight->call);

    end_lead(flight, mark);
    cache_entry_release(mark);
}

/* Frees a flight that has been taken out of the table. */
static void free_flight(struct cache_flight *flight, bool is_slow)
{
    must(!cache_flight_run_has_users(flight));
    cache_wait_end(&flight->wait);
    cache_redis_cancel(&flight->get);
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
    flight->is_landing = true;
    while (cache_flight_run_has_users(flight))
        tell_first(flight, end);
    free_flight(flight, false);
}

/* The answer is for the first user only; ${end} NULL: for none. */
static void land_alone(struct cache_flight *flight, const struct cache_flight_end *end)
{
    take_out(flight);
    flight->is_landing = true;
    if (end != NULL && cache_flight_run_has_users(flight))
        tell_first(flight, end);
    while (cache_flight_run_has_users(flight))
        tell_first(flight, &(struct cache_flight_end){.is_alone = true});
    free_flight(flight, false);
}

static void land_on(struct cache_flight *flight, const struct cache_entry *entry, bool is_found)
{
    land(flight, &(struct cache_flight_end){
                     .outcome = {.status = entry->status, .value = entry->body},
                     .is_found = is_found,
                     .fresh_ns = entry->fresh_ns,
                 });
}

/* The second level. */

static struct cache_redis_ask redis_ask(const struct cache_flight *flight)
{
    return (struct cache_redis_ask){
        .key = flight->key,
        .body_most = flight->call.ask.body_limit,
        .depth_most = flight->call.ask.depth_limit,
        .keep_slices = true,
    };
}

static void make_call(struct cache_flight *flight);

/* A stored answer that is too old is only of use for users who wait. The next page that uses it
 * begins a refresh. */
static void on_got(struct cache_redis_get *get, struct cache_entry *entry)
{
    struct cache_flight *flight = H2O_STRUCT_FROM_MEMBER(struct cache_flight, get, get);
    enum cache_stored state = cache_stored_state(entry, clock_now_ns());

    if (state == CACHE_STORED_FRESH ||
        (state == CACHE_STORED_STALE && cache_flight_run_has_users(flight))) {
        end_lead(flight, entry);
        land_on(flight, entry, true);
    } else {
        cache_call_set_old(&flight->call, entry);
        make_call(flight);
    }
    cache_entry_release(entry);
}

void cache_flight_run_lead(struct cache_flight *flight)
{
    const struct cache_flights *of = flight->of;
    struct cache_redis_ask ask = redis_ask(flight);

    flight->get.done = on_got;
    if (!cache_redis_get(of->redis, of->worker->cache, &flight->get, &ask))
        make_call(flight);
}

static void store(struct cache_flight *flight, struct cache_entry *entry)
{
    struct cache_redis_ask ask = redis_ask(flight);

    if (flight->leads)
        cache_redis_set(flight->of->redis, flight->of->worker->cache, &ask, entry);
    end_lead(flight, entry);
}

/* The call. */

static void on_called(struct cache_call *call, void *cookie);

static bool has_changed(const struct cache_flight *flight, struct cache_entry *entry)
{
    return cache_has_invalidated(flight->of->worker->cache, entry);
}

struct cache_entry *cache_flight_run_old(struct cache_flight *flight)
{
    struct cache_entry *old = flight->call.old;

    if (old == NULL || has_changed(flight, old))
        return NULL;
    return cache_stored_may_fail_over(old, clock_now_ns()) ? old : NULL;
}

static void make_call(struct cache_flight *flight)
{
    if (flight->call.old != NULL && has_changed(flight, flight->call.old))
        cache_call_forget_old(&flight->call);
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
    return cache_flight_run_has_users(flight) && flight->users.next != flight->users.prev;
}

static void land_failed(struct cache_flight *flight, struct cache_flight_end *end)
{
    const struct cache_entry *old = is_failure(&end->outcome) ? cache_flight_run_old(flight) : NULL;

    if (old != NULL) {
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

/* True when a change came after the call began, and perhaps users came after the change. They must
 * not get what was true before it. */
static bool is_outdated(const struct cache_flight *flight)
{
    const struct cache_call *call = &flight->call;
    struct cache_entry *mark = call->entry == NULL ? mark_of(call) : NULL;
    bool is_so = has_changed(flight, mark == NULL ? call->entry : mark);

    cache_entry_release(mark);
    return is_so;
}

/* The answer is only for the user who began the flight. The others get that of a new call. */
static void land_outdated(struct cache_flight *flight, const struct cache_flight_end *end)
{
    flight->is_landing = true; /* it does not end with its last user */
    if (cache_flight_run_has_users(flight) && user_of(flight->users.next)->is_first)
        tell_first(flight, end);
    flight->is_landing = flight->has_joined = false;
    if (cache_flight_run_has_users(flight) && flight->failed++ == 0)
        make_call(flight);
    else
        land_alone(flight, NULL);
}

static void on_called(struct cache_call *call, void *cookie)
{
    struct cache_flight *flight = cookie;
    struct cache_flight_end end = {.outcome = call->outcome, .fetch = &call->fetch};

    if (flight->has_joined && is_outdated(flight)) {
        land_outdated(flight, &end);
    } else if (call->is_private) {
        end_unstored(flight);
        land_alone(flight, &end);
    } else if (call->entry != NULL) {
        end.is_stored = flight->leads;
        end.fresh_ns = call->entry->fresh_ns;
        store(flight, call->entry);
        land(flight, &end);
    } else {
        land_failed(flight, &end);
    }
}

/* Waiting for another worker. */

static void wait_or_call(struct cache_flight *flight, unsigned seen);

static void on_ended(struct cache_wait *wait)
{
    struct cache_flight *flight = H2O_STRUCT_FROM_MEMBER(struct cache_flight, wait, wait);
    unsigned seen = cache_slot_flight(flight->slot);
    struct cache_entry *entry = cache_slot_entry(flight->slot);
    enum cache_stored state = cache_stored_state(entry, clock_now_ns());

    if (state == CACHE_STORED_PRIVATE) {
        land_alone(flight, NULL);
    } else if (state == CACHE_STORED_NOTHING) {
        flight->failed++;
        wait_or_call(flight, seen);
    } else {
        land_on(flight, entry, false);
    }
    cache_entry_release(entry);
}

/* ${seen}: the slot's flight, before the entry was read. */
static void wait_or_call(struct cache_flight *flight, unsigned seen)
{
    flight->leads = cache_slot_lead_after(flight->slot, seen);
    if (flight->leads)
        cache_flight_run_lead(flight);
    else if (flight->failed >= FAILED_MOST)
        make_call(flight);
    else
        cache_wait_begin(flight->of->worker->reader, &flight->wait, flight->slot, on_ended);
}

void cache_flight_run_follow(struct cache_flight *flight)
{
    cache_wait_begin(flight->of->worker->reader, &flight->wait, flight->slot, on_ended);
}

void cache_flight_run_drop(struct cache_flight *flight, bool is_slow)
{
    take_out(flight);
    free_flight(flight, is_slow);
}
