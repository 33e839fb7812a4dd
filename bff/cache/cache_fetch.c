/* See cache_fetch.h. */
#include "bff/base/clock.h"
#include "bff/cache/cache.h"
#include "bff/cache/cache_fetch.h"
#include "bff/cache/cache_fetch_key.h"
#include "bff/cache/cache_stored.h"

/* The outcome. */

/* The report of a call for the log. The label of the endpoint may be in the memory of ${from}. */
static void copy_report(struct cache_fetch *cached, const struct fetch *from)
{
    struct call *call = &cached->fetch->call;

    if (from->call.endpoint.at != NULL)
        call->endpoint = pool_text(cached->pool, from->call.endpoint);
    call->times = from->call.times;
    call->retries = from->call.retries;
    memcpy(call->retried, from->call.retried, sizeof(call->retried));
    call->is_hedged = from->call.is_hedged;
    call->has_hedge_won = from->call.has_hedge_won;
}

static void settle(struct cache_fetch *cached, enum cache_fetch_state state,
                   const struct fetch_outcome *outcome, int64_t fresh_ns)
{
    cached->state = state;
    cached->ttl_ns = fresh_ns == 0 ? 0 : fresh_ns - clock_now_ns();
    fetch_settle(cached->fetch, cached->ask, outcome);
}

static void settle_by(struct cache_fetch *cached, enum cache_fetch_state state,
                      const struct cache_entry *entry)
{
    settle(cached, state, &(struct fetch_outcome){.status = entry->status, .value = entry->body},
           entry->fresh_ns);
}

/* Asks without the cache. */
static void ask_alone(struct cache_fetch *cached)
{
    cached->state = CACHE_FETCH_BYPASS;
    fetch_start(cached->fetch, cached->upstream, cached->ask, cached->done, cached->cookie);
}

static enum cache_fetch_state state_of(const struct cache_flight_end *end, bool is_own)
{
    if (end->is_stale || (end->is_found && end->fresh_ns <= clock_now_ns()))
        return CACHE_FETCH_STALE;
    if (end->is_found)
        return CACHE_FETCH_HIT;
    return is_own ? CACHE_FETCH_MISS : CACHE_FETCH_COLLAPSED;
}

static void on_landed(struct cache_flight_user *user, const struct cache_flight_end *end)
{
    struct cache_fetch *cached = H2O_STRUCT_FROM_MEMBER(struct cache_fetch, user, user);
    bool is_own = user->is_first && end->fetch != NULL;

    if (end->is_alone) {
        ask_alone(cached);
        return;
    }
    cached->is_stored = end->is_stored && is_own;
    cached->is_failed = end->is_stale;
    cached->failed = end->failed;
    settle(cached, state_of(end, is_own), &end->outcome, end->fresh_ns);
    if (end->fetch != NULL)
        copy_report(cached, end->fetch);
    cached->done(cached->fetch, cached->cookie);
}

/* The beginning. */

/* A look-up. Its slot and its entry are held. */
struct look {
    struct text key;
    struct cache_slot *slot;
    struct cache_entry *entry; /* NULL: none */
    enum cache_stored state;
};

static void look_again(struct look *look)
{
    cache_entry_release(look->entry);
    look->entry = cache_slot_entry(look->slot);
    look->state = cache_stored_state(look->entry, clock_now_ns());
}

static void begin_flight(struct cache_fetch *cached, const struct cache_fetch_with *with,
                         const struct look *look, bool leads)
{
    struct cache_flight_ask flight = {
        .key = look->key,
        .slot = look->slot,
        .rule = with->rule,
        .fetch = cached->ask,
        .old = look->entry,
    };

    if (look->state == CACHE_STORED_STALE)
        cache_flight_refresh(with->flights, &flight);
    else
        cache_flight_begin(with->flights, &cached->user, &flight, leads);
}

/* Returns true when the stored answer is the answer. */
static bool use(struct cache_fetch *cached, const struct cache_fetch_with *with,
                const struct look *look)
{
    if (look->state == CACHE_STORED_FRESH) {
        settle_by(cached, CACHE_FETCH_HIT, look->entry);
        cache_slot_release(look->slot);
    } else if (look->state == CACHE_STORED_STALE) {
        settle_by(cached, CACHE_FETCH_STALE, look->entry);
        begin_flight(cached, with, look, false);
    } else {
        return false;
    }
    return true;
}

/* Nothing is stored that could be used. When this fetch leads, another flight may have ended a
 * moment ago, between the look-up and the beginning of this one. */
static bool fly(struct cache_fetch *cached, const struct cache_fetch_with *with, struct look *look)
{
    bool leads;

    /* Until the flight lands, the fetch is one that has made no call. */
    *cached->fetch =
        (struct fetch){.ask = cached->ask, .call_ask = {.service = cached->ask->service}};
    if (cache_flight_join(with->flights, &cached->user, look->key)) {
        cache_slot_release(look->slot);
        return false;
    }
    leads = cache_slot_lead(look->slot);
    if (leads)
        look_again(look);
    if (leads && look->state != CACHE_STORED_NOTHING) {
        cache_slot_end(look->slot, NULL);
        if (use(cached, with, look))
            return true;
        cache_slot_release(look->slot);
        ask_alone(cached);
        return false;
    }
    begin_flight(cached, with, look, leads);
    return false;
}

/* Looks for the answer. Returns true when it is known. */
static bool look_up(struct cache_fetch *cached, const struct cache_fetch_with *with,
                    struct text key)
{
    struct look look = {.key = key};
    bool is_known = true;

    look.slot = cache_find(cache_flights_worker(with->flights)->reader, key);
    look_again(&look);
    if (look.state == CACHE_STORED_PRIVATE) {
        cache_slot_release(look.slot);
        ask_alone(cached);
        is_known = false;
    } else if (!use(cached, with, &look)) {
        is_known = fly(cached, with, &look);
    }
    cache_entry_release(look.entry);
    return is_known;
}

bool cache_fetch_start(struct cache_fetch *cached, const struct cache_fetch_with *with,
                       struct fetch *fetch, const struct fetch_ask *ask, fetch_done done,
                       void *cookie)
{
    struct text key = cache_fetch_key(with->pool, ask, with->rule);

    *cached = (struct cache_fetch){
        .fetch = fetch,
        .ask = ask,
        .upstream = with->upstream,
        .pool = with->pool,
        .done = done,
        .cookie = cookie,
        .user = {.landed = on_landed},
    };
    if (key.at != NULL)
        return look_up(cached, with, key);
    ask_alone(cached);
    return false;
}

/* The end. */

/* What the log says about a fetch that ends without its answer. */
static void report_flight(struct cache_fetch *cached)
{
    const struct fetch *fetch = cache_flight_fetch(&cached->user);
    bool is_own = cached->user.is_first && fetch != NULL;

    cached->state = is_own ? CACHE_FETCH_MISS : CACHE_FETCH_COLLAPSED;
    if (fetch == NULL)
        return;
    cached->fetch->status = fetch->status;
    copy_report(cached, fetch);
}

void cache_fetch_release(struct cache_fetch *cached)
{
    if (cached->user.flight == NULL)
        return;
    report_flight(cached);
    cache_flight_leave(&cached->user);
}

/* Returns true when there is an old answer that may be used. */
static bool use_old(struct cache_fetch *cached)
{
    const struct cache_entry *old = cache_flight_old(&cached->user);

    if (old == NULL)
        return false;
    cached->is_failed = true;
    settle_by(cached, CACHE_FETCH_STALE, old);
    return true;
}

bool cache_fetch_time_over(struct cache_fetch *cached)
{
    bool has_old, goes_on;

    if (cached->user.flight == NULL) {
        fetch_time_over(cached->fetch);
        return false;
    }
    report_flight(cached);
    has_old = use_old(cached);
    goes_on = cache_flight_time_over(&cached->user);
    if (goes_on && !has_old)
        cached->state = CACHE_FETCH_LATE;
    return has_old;
}
