/*
 * A stage for tests of the refresh of sessions, with a scripted provider and a real redis-server.
 * Two processes are two caches; two workers of a process share one. Everything happens in one
 * thread, step by step.
 */
#ifndef TESTS_UNIT_SESSION_REFRESH_STAGE_H
#define TESTS_UNIT_SESSION_REFRESH_STAGE_H

#include "bff/base/memory.h"
#include "bff/session/session_refresh.h"

#include "tests/unit/redis_stage.h"

#define KEY TEXT("a key of a session, as long as it must be")
#define WAITS 20

/* The provider: in the place of session_refresh_ask.c. An answer comes when the test says so. */

static struct {
    unsigned asked; /* so far */
    struct session_refresh_ask *open[4];
    unsigned open_count;
} provider;

bool session_refresh_ask_is_possible(const struct session_refresh_peers *peers,
                                     const struct session *session)
{
    return session->refresh.len > 0;
}

uint32_t session_refresh_ask_ms(const struct session_refresh_peers *peers,
                                const struct session *session)
{
    return 2000;
}

void session_refresh_ask_start(struct session_refresh_ask *ask,
                               const struct session_refresh_peers *peers,
                               const struct session *session, struct pool *pool)
{
    ask->session = session;
    ask->pool = pool;
    provider.asked++;
    provider.open[provider.open_count++] = ask;
}

void session_refresh_ask_stop(struct session_refresh_ask *ask)
{
    for (unsigned i = 0; i < provider.open_count; i++)
        if (provider.open[i] == ask)
            provider.open[i] = provider.open[--provider.open_count];
}

static inline void answer(enum session_refresh_kind kind)
{
    struct session_refresh_ask *ask = provider.open[0];

    ask->result = (struct session_refresh_result){.kind = kind, .session = *ask->session};
    ask->result.session.access = TEXT("new access");
    ask->result.session.refresh = TEXT("new refresh");
    ask->result.session.renewals++;
    ask->fault = kind == SESSION_REFRESH_NEW ? NULL : "test";
    ask->done(ask);
}

/* Processes and workers. */

struct side {
    struct registry *registry;
    struct cache *cache;
    struct cache_worker *worker[2];
    struct revocation *revocation;
    struct revocation_view *view;
    struct session_refreshes *refreshes[2];
};

static struct text keys[1];
static struct session_settings settings;
static struct session_store *store;
static struct redis_process server;
static struct redis *redis;
static struct side sides[2];
static struct pool *pool;
static unsigned holds; /* flights under way */

static inline void hold(void *owner) { holds++; }

static inline void release(void *owner) { holds--; }

static inline void begin_side(struct side *side, struct redis *shared)
{
    side->registry = registry_new();
    side->cache = cache_hold(side->registry, TEXT("refreshed"));
    cache_set_limit(side->cache, 1024 * 1024);
    side->revocation = revocation_hold(side->registry);
    side->view = revocation_view_new(side->revocation);
    for (size_t i = 0; i < 2; i++) {
        side->worker[i] = cache_worker_new(side->registry, stage.loop, TEXT("refreshed"));
        side->refreshes[i] = session_refresh_new(&(struct session_refresh_with){
            .peers = {.settings = &settings},
            .store = store,
            .refreshed = side->worker[i],
            .redis = shared,
            .revocations = side->view,
            .timers = &stage.timers,
            .hold = hold,
            .release = release,
        });
    }
}

static inline void end_side(struct side *side)
{
    for (size_t i = 0; i < 2; i++) {
        session_refresh_free(side->refreshes[i]);
        cache_worker_free(side->worker[i]);
    }
    revocation_view_free(side->view);
    revocation_release(side->revocation);
    registry_release(side->cache);
    h2o_evloop_run(stage.loop, 0);
    registry_free(side->registry);
}

static inline void begin_all(bool has_redis, enum session_store_kind kind)
{
    stage_begin(NULL);
    memset(&provider, 0, sizeof(provider));
    keys[0] = KEY;
    holds = 0;
    redis = NULL;
    settings = (struct session_settings){
        .is_on = true,
        .store = kind,
        .keys = keys,
        .key_count = 1,
        .cookie = TEXT("__Host-bff"),
        .idle_s = 1800,
        .absolute_s = 43200,
        .renew_before_s = 60,
        .max_bytes = 16384,
    };
    store = session_store_new(&settings);
    pool = pool_new();
    if (has_redis) {
        stage_start(&server, "");
        redis = stage_redis_up();
    }
    for (size_t i = 0; i < 2; i++)
        begin_side(&sides[i], redis);
}

static inline int begin(void **state)
{
    begin_all(false, SESSION_STORE_COOKIE);
    return 0;
}

static inline int begin_shared(void **state)
{
    begin_all(true, SESSION_STORE_COOKIE);
    return 0;
}

static inline int begin_stored(void **state)
{
    begin_all(true, SESSION_STORE_REDIS);
    return 0;
}

static inline int end(void **state)
{
    assert_int_equal(holds, 0);
    for (size_t i = 0; i < 2; i++)
        end_side(&sides[i]);
    if (redis != NULL) {
        redis_free(redis);
        redis_process_kill(&server);
    }
    session_store_free(store);
    pool_free(pool);
    return stage_end(state);
}

/* Sessions and those who wait. */

static inline struct session sample(void)
{
    int64_t now_s = clock_wall_ms() / 1000;

    return (struct session){
        .id = TEXT("0123456789012345678901234567890123456789012"),
        .user = TEXT("42"),
        .roles = TEXT(""),
        .scopes = TEXT(""),
        .claims = TEXT("{}"),
        .access = TEXT("old access"),
        .refresh = TEXT("old refresh"),
        .id_token = TEXT(""),
        .provider = TEXT(""),
        .provider_sid = TEXT(""),
        .access_until_s = now_s + 10,
        .began_s = now_s,
        .seen_s = now_s,
    };
}

struct waiting {
    struct session_refresh_wait wait;
    char seen[32]; /* "new access"; empty: nothing yet */
};

static inline void see(struct waiting *waiting)
{
    const struct session_refresh_result *result = &waiting->wait.result;
    static const char *const words[] = {"", "ended", "away"};

    assert_string_equal(waiting->seen, "");
    if (result->kind == SESSION_REFRESH_NEW)
        snprintf(waiting->seen, sizeof(waiting->seen), "%.*s", TEXT_ARGS(result->session.access));
    else
        snprintf(waiting->seen, sizeof(waiting->seen), "%s", words[result->kind]);
}

static inline void on_done(struct session_refresh_wait *wait) { see((struct waiting *)wait); }

static inline void ask_of(struct waiting *waiting, unsigned side, unsigned worker,
                          const struct session *session)
{
    *waiting = (struct waiting){.wait = {.done = on_done}};
    if (session_refresh_begin(sides[side].refreshes[worker], &waiting->wait, session, pool))
        see(waiting);
}

/* What a request of ${side} and ${worker} gets. */
static inline const char *asked(unsigned side, unsigned worker, const struct session *session)
{
    static struct waiting waiting;

    ask_of(&waiting, side, worker, session);
    stage_until(waiting.seen[0] != '\0');
    return waiting.seen;
}

#endif
