/*
 * See session_refresh_flight.h. A flight goes through these states. Without Redis, it only asks.
 *
 *     take       take the lock, or find the result of another process; wait while it is busy
 *     ask        ask the provider or the service
 *     keep       a session in Redis gets its new content, or is dropped
 *     release    store the result for other processes, and release the lock
 *     land       keep the result in memory, and wake all who wait
 */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"
#include "bff/base/tally.h"
#include "bff/session/session_refresh_keep.h"
#include "bff/session/session_refresh_lock.h"
#include "bff/session/session_revocation.h"

#include "bff/session/session_refresh_flight.h"

#define LOCK_MORE_MS 5000 /* the lock lives longer than the question, for save and release */
#define BUSY_FIRST_MS 20  /* the first look whether a busy lock has led to a result */
#define BUSY_MOST_MS 250  /* between two looks */
#define AWAY_MS 1000      /* how long a failure is the result */

struct session_refresh_flight {
    h2o_linklist_t link;
    struct session_refreshes *refreshes;
    struct pool *pool;
    struct cache_slot *slot;
    struct text hash;
    struct session session;
    struct session_refresh_lock lock;
    bool has_lock;
    bool is_known; /* the result is that of another process */
    int64_t until_ns;
    unsigned tries; /* looks at a busy lock */
    struct timer timer;
    struct session_refresh_ask ask;
    struct session_refresh_keep keep;
    struct session_refresh_result result;
};

static const struct session_refresh_with *with_of(const struct session_refresh_flight *flight)
{
    return &flight->refreshes->with;
}

static void set_timer(struct session_refresh_flight *flight, int64_t ms,
                      void (*fire)(struct timer *timer))
{
    flight->timer.fire = fire;
    timer_set(with_of(flight)->timers, &flight->timer, clock_now_ns() + ms * CLOCK_MS);
}

static struct session_refresh_flight *flight_of_timer(struct timer *timer)
{
    return H2O_STRUCT_FROM_MEMBER(struct session_refresh_flight, timer, timer);
}

static struct session_refresh_pause *pause_of(const struct session_refresh_flight *flight)
{
    const struct session_settings *settings = with_of(flight)->peers.settings;
    size_t place = 0;

    while (place < settings->provider_count &&
           !text_equal(settings->providers[place].name, flight->session.provider))
        place++;
    if (flight->session.provider.len == 0)
        place = SESSION_PROVIDERS_MAX;
    return &flight->refreshes->pauses[place];
}

/* Land. */

/* Drops all that is under way, and the flight. ${entry} may be NULL. */
static void end_flight(struct session_refresh_flight *flight, struct cache_entry *entry)
{
    struct session_refresh_with with = *with_of(flight);
    struct cache_slot *slot = flight->slot;

    h2o_linklist_unlink(&flight->link);
    timer_clear(with.timers, &flight->timer);
    session_refresh_lock_cancel(&flight->lock);
    session_refresh_ask_stop(&flight->ask);
    session_refresh_keep_stop(&flight->keep);
    pool_free(flight->pool);
    cache_slot_end(slot, entry);
    cache_slot_release(slot);
    cache_entry_release(entry);
    with.release(with.owner);
}

static struct text seal_result(const struct session_refresh_flight *flight)
{
    return session_refresh_result_close(&flight->result, flight->refreshes->seal, flight->hash,
                                        flight->pool);
}

static void land(struct session_refresh_flight *flight)
{
    int64_t now_ns = clock_now_ns();
    int64_t ms = flight->result.kind == SESSION_REFRESH_AWAY
                     ? AWAY_MS
                     : SESSION_REFRESH_RESULT_KEPT_S * INT64_C(1000);
    struct exchange_field field = {TEXT("result"), seal_result(flight)};
    struct cache_entry *entry = cache_entry_new(
        &(struct cache_entry_parts){.status = 200, .fields = &field, .field_count = 1});

    entry->asked_ns = entry->born_ns = now_ns;
    entry->fresh_ns = entry->stale_ns = entry->failed_ns = now_ns + ms * CLOCK_MS;
    end_flight(flight, entry);
}

static void land_as(struct session_refresh_flight *flight, enum session_refresh_kind kind)
{
    flight->result.kind = kind;
    land(flight);
}

/* Another process has refreshed the session. What cannot be opened was sealed with keys that this
 * process does not have. */
static int read_known(struct session_refresh_flight *flight, struct text sealed)
{
    return session_refresh_result_open(sealed, flight->refreshes->seal, flight->hash, flight->pool,
                                       &flight->result);
}

/* The end of a session. */

static void log_end(const struct session_refresh_flight *flight, struct text state,
                    const char *reason)
{
    struct text provider = flight->session.provider;

    log_event("session_refresh",
              (struct log_field[]){
                  {"state", .text = state},
                  {"provider", .text = provider.len == 0 ? TEXT("service") : provider},
                  {"reason", .text = text_of(reason == NULL ? "unknown" : reason)},
                  {0},
              });
}

/* All contents of the session end with it, also in other processes. */
static void revoke_session(const struct session_refresh_flight *flight)
{
    const struct session_refresh_with *with = with_of(flight);

    session_revocation_add(with->revocations, with->redis, &flight->session, with->peers.settings,
                           clock_wall_s());
}

static bool is_revoked(const struct session_refresh_flight *flight)
{
    return session_revocation_has(with_of(flight)->revocations, &flight->session, flight->pool,
                                  clock_wall_s());
}

/* Release. */

/* When this process was told that the refresh token is not valid, another one may have used it
 * before. Then its result is the right one. */
static void on_released(struct session_refresh_lock *lock, enum session_refresh_lock_end end,
                        struct text result)
{
    struct session_refresh_flight *flight =
        H2O_STRUCT_FROM_MEMBER(struct session_refresh_flight, lock, lock);

    if (end == SESSION_REFRESH_LOCK_KNOWN && read_known(flight, result) == 0)
        flight->is_known = true;
    if (flight->result.kind == SESSION_REFRESH_ENDED && !flight->is_known)
        revoke_session(flight);
    land(flight);
}

static void release(struct session_refresh_flight *flight)
{
    static const enum session_refresh_lock_store stores[] = {
        [SESSION_REFRESH_NEW] = SESSION_REFRESH_LOCK_ALWAYS,
        [SESSION_REFRESH_ENDED] = SESSION_REFRESH_LOCK_FIRST,
        [SESSION_REFRESH_AWAY] = SESSION_REFRESH_LOCK_NOTHING,
    };

    flight->lock.done = on_released;
    if (!flight->has_lock ||
        !session_refresh_lock_release(&flight->lock, stores[flight->result.kind],
                                      seal_result(flight), SESSION_REFRESH_RESULT_KEPT_S * 1000))
        on_released(&flight->lock, SESSION_REFRESH_LOCK_DOWN, (struct text){0});
}

/* Save or drop. */

static bool is_in_redis(const struct session_refresh_flight *flight)
{
    return with_of(flight)->peers.settings->store == SESSION_STORE_REDIS;
}

static void on_kept(struct session_refresh_keep *keep, enum session_store_end end)
{
    struct session_refresh_flight *flight =
        H2O_STRUCT_FROM_MEMBER(struct session_refresh_flight, keep, keep);

    if (flight->result.kind == SESSION_REFRESH_NEW && end == SESSION_STORE_NONE)
        flight->result.kind = SESSION_REFRESH_ENDED;
    else if (flight->result.kind == SESSION_REFRESH_NEW && end != SESSION_STORE_OK)
        log_end(flight, TEXT("not_saved"), end == SESSION_STORE_AWAY ? "redis" : "too_large");
    release(flight);
}

/* A session that is over is not accepted any more, whatever becomes of the command. */
static void keep_session(struct session_refresh_flight *flight)
{
    const struct session_refresh_with *with = with_of(flight);
    bool is_new = flight->result.kind == SESSION_REFRESH_NEW;

    flight->keep = (struct session_refresh_keep){
        .store = with->store,
        .redis = with->redis,
        .timers = with->timers,
        .pool = flight->pool,
        .session = is_new ? &flight->result.session : &flight->session,
        .done = on_kept,
    };
    if (is_new)
        session_refresh_keep_save(&flight->keep);
    else
        session_refresh_keep_drop(&flight->keep);
}

/* Ask. */

static void take_answer(struct session_refresh_flight *flight)
{
    enum session_refresh_kind kind = flight->result.kind;

    tally_add(kind == SESSION_REFRESH_NEW ? TALLY_SESSIONS_REFRESHED
                                          : TALLY_SESSIONS_REFRESH_FAILED);
    if (kind == SESSION_REFRESH_AWAY) {
        if (session_refresh_pause_fail(pause_of(flight), clock_now_ns()))
            log_end(flight, TEXT("failed"), flight->ask.fault);
        release(flight);
        return;
    }
    session_refresh_pause_succeed(pause_of(flight));
    if (kind == SESSION_REFRESH_ENDED)
        log_end(flight, TEXT("ended"), flight->ask.fault);
    else if (is_revoked(flight))
        flight->result.kind = SESSION_REFRESH_ENDED;
    if (is_in_redis(flight))
        keep_session(flight);
    else
        release(flight);
}

static void on_asked(struct session_refresh_ask *ask)
{
    struct session_refresh_flight *flight =
        H2O_STRUCT_FROM_MEMBER(struct session_refresh_flight, ask, ask);

    flight->result = ask->result;
    take_answer(flight);
}

static void ask_peer(struct session_refresh_flight *flight)
{
    if (session_refresh_pause_is_on(pause_of(flight), clock_now_ns())) {
        flight->result.kind = SESSION_REFRESH_AWAY;
        release(flight);
        return;
    }
    flight->ask.done = on_asked;
    session_refresh_ask_start(&flight->ask, &with_of(flight)->peers, &flight->session,
                              flight->pool);
}

/* Take. */

/* The processes of a cookie store that cannot reach Redis cannot agree. This one goes on alone: it
 * is better than a session that ends. */
static void go_alone(struct session_refresh_flight *flight)
{
    if (is_in_redis(flight)) {
        land_as(flight, SESSION_REFRESH_AWAY);
        return;
    }
    session_refresh_lock_alone(true);
    ask_peer(flight);
}

static void take(struct session_refresh_flight *flight);

static void on_busy_timer(struct timer *timer) { take(flight_of_timer(timer)); }

static void wait_busy(struct session_refresh_flight *flight)
{
    int64_t ms = BUSY_FIRST_MS << (flight->tries < 4 ? flight->tries : 4);

    flight->tries++;
    if (clock_now_ns() >= flight->until_ns)
        land_as(flight, SESSION_REFRESH_AWAY);
    else
        set_timer(flight, ms < BUSY_MOST_MS ? ms : BUSY_MOST_MS, on_busy_timer);
}

static void on_taken(struct session_refresh_lock *lock, enum session_refresh_lock_end end,
                     struct text result)
{
    struct session_refresh_flight *flight =
        H2O_STRUCT_FROM_MEMBER(struct session_refresh_flight, lock, lock);

    switch (end) {
    case SESSION_REFRESH_LOCK_TAKEN:
        flight->has_lock = true;
        session_refresh_lock_alone(false);
        ask_peer(flight);
        break;
    case SESSION_REFRESH_LOCK_BUSY:
        wait_busy(flight);
        break;
    case SESSION_REFRESH_LOCK_KNOWN:
        if (read_known(flight, result) != 0)
            flight->result.kind = SESSION_REFRESH_AWAY;
        land(flight);
        break;
    case SESSION_REFRESH_LOCK_DOWN:
        go_alone(flight);
        break;
    }
}

static uint32_t lock_ms(const struct session_refresh_flight *flight)
{
    return session_refresh_ask_ms(&with_of(flight)->peers, &flight->session) + LOCK_MORE_MS;
}

static void take(struct session_refresh_flight *flight)
{
    flight->lock.done = on_taken;
    if (!session_refresh_lock_take(&flight->lock, lock_ms(flight)))
        go_alone(flight);
}

/* Begin and stop. */

static void copy_session(struct session_refresh_flight *flight, const struct session *session)
{
    struct text bytes = session_write(session, flight->pool);

    must(session_read(bytes, &flight->session) == 0);
}

void session_refresh_flight_begin(struct session_refreshes *refreshes, struct text hash,
                                  const struct session *session)
{
    struct pool *pool = pool_new();
    struct session_refresh_flight *flight = pool_zero(pool, sizeof(*flight));
    const struct session_refresh_with *with = &refreshes->with;

    flight->refreshes = refreshes;
    flight->pool = pool;
    flight->slot = cache_find(with->refreshed->reader, hash);
    flight->hash = pool_text(pool, hash);
    copy_session(flight, session);
    h2o_linklist_insert(&refreshes->flights, &flight->link);
    with->hold(with->owner);
    flight->until_ns = clock_now_ns() + lock_ms(flight) * CLOCK_MS;
    session_refresh_lock_init(&flight->lock, with->redis, flight->hash, pool);
    if (with->redis != NULL)
        take(flight);
    else
        ask_peer(flight);
}

void session_refresh_flight_stop_all(struct session_refreshes *refreshes)
{
    while (!h2o_linklist_is_empty(&refreshes->flights))
        end_flight(
            H2O_STRUCT_FROM_MEMBER(struct session_refresh_flight, link, refreshes->flights.next),
            NULL);
}
