/*
 * Tests of the refresh of sessions, with a scripted provider and a real redis-server. Two processes
 * are two caches; two workers of a process share one. Everything happens in one thread, step by
 * step.
 */
#include "bff/base/memory.h"
#include "bff/session/session_refresh.h"
#include "bff/session/session_refresh_pause.h"

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

static void answer(enum session_refresh_kind kind)
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

static void hold(void *owner) { holds++; }

static void release(void *owner) { holds--; }

static void begin_side(struct side *side, struct redis *shared)
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

static void end_side(struct side *side)
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

static void begin_all(bool has_redis, enum session_store_kind kind)
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

static int begin(void **state)
{
    begin_all(false, SESSION_STORE_COOKIE);
    return 0;
}

static int begin_shared(void **state)
{
    begin_all(true, SESSION_STORE_COOKIE);
    return 0;
}

static int begin_stored(void **state)
{
    begin_all(true, SESSION_STORE_REDIS);
    return 0;
}

static int end(void **state)
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

static struct session sample(void)
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

static void see(struct waiting *waiting)
{
    const struct session_refresh_result *result = &waiting->wait.result;
    static const char *const words[] = {"", "ended", "away"};

    assert_string_equal(waiting->seen, "");
    if (result->kind == SESSION_REFRESH_NEW)
        snprintf(waiting->seen, sizeof(waiting->seen), "%.*s", TEXT_ARGS(result->session.access));
    else
        snprintf(waiting->seen, sizeof(waiting->seen), "%s", words[result->kind]);
}

static void on_done(struct session_refresh_wait *wait) { see((struct waiting *)wait); }

static void ask_of(struct waiting *waiting, unsigned side, unsigned worker,
                   const struct session *session)
{
    *waiting = (struct waiting){.wait = {.done = on_done}};
    if (session_refresh_begin(sides[side].refreshes[worker], &waiting->wait, session, pool))
        see(waiting);
}

/* What a request of ${side} and ${worker} gets. */
static const char *asked(unsigned side, unsigned worker, const struct session *session)
{
    static struct waiting waiting;

    ask_of(&waiting, side, worker, session);
    stage_until(waiting.seen[0] != '\0');
    return waiting.seen;
}

static void test_when_it_is_due(void **state)
{
    struct session session = sample();
    int64_t now_s = session.access_until_s - 60;

    assert_true(session_refresh_is_due(sides[0].refreshes[0], &session, now_s));
    assert_false(session_refresh_is_due(sides[0].refreshes[0], &session, now_s - 1));
    assert_true(session_refresh_is_due(sides[0].refreshes[0], &session, now_s + 1000));
    session.access_until_s = 0;
    assert_false(session_refresh_is_due(sides[0].refreshes[0], &session, now_s));
    session = sample();
    session.refresh = TEXT("");
    assert_false(session_refresh_is_due(sides[0].refreshes[0], &session, now_s));
}

static void test_all_who_come_with_the_same_content_share_one_refresh(void **state)
{
    struct waiting waiting[WAITS];
    struct session session = sample();

    for (unsigned i = 0; i < WAITS; i++)
        ask_of(&waiting[i], 0, i % 2, &session);
    assert_int_equal(provider.asked, 1);
    answer(SESSION_REFRESH_NEW);
    for (unsigned i = 0; i < WAITS; i++) {
        stage_until(waiting[i].seen[0] != '\0');
        assert_string_equal(waiting[i].seen, "new access");
        assert_int_equal(waiting[i].wait.result.session.renewals, 1);
    }
    assert_string_equal(asked(0, 1, &session), "new access");
    assert_int_equal(provider.asked, 1);
}

/* Afterwards the old content is refreshed again. A provider whose refresh tokens can be used once
 * finds that somebody else has used this one, and that is right: the content may be stolen. */
static void test_the_result_is_kept_for_a_minute(void **state)
{
    struct session session = sample();
    struct waiting waiting, later;

    ask_of(&waiting, 0, 0, &session);
    answer(SESSION_REFRESH_NEW);
    stage_until(waiting.seen[0] != '\0');
    struct cache_slot *slot = cache_find(sides[0].worker[0]->reader, waiting.wait.hash);
    struct cache_entry *entry = cache_slot_entry(slot);
    assert_true(entry->fresh_ns > clock_now_ns() + 55 * CLOCK_S);
    assert_true(entry->fresh_ns <= clock_now_ns() + 60 * CLOCK_S);
    assert_null(memmem(entry->fields[0].value.at, entry->fields[0].value.len, "access", 6));
    entry->fresh_ns = clock_now_ns();
    cache_entry_release(entry);
    cache_slot_release(slot);
    ask_of(&later, 0, 0, &session);
    assert_int_equal(provider.asked, 2);
    answer(SESSION_REFRESH_NEW);
    stage_until(later.seen[0] != '\0');
}

static void test_another_content_or_session_is_another_refresh(void **state)
{
    struct session session = sample(), later = sample(), other = sample();
    struct waiting waiting[3];

    later.renewals = 1;
    other.id = TEXT("9123456789012345678901234567890123456789012");
    ask_of(&waiting[0], 0, 0, &session);
    ask_of(&waiting[1], 0, 0, &later);
    ask_of(&waiting[2], 0, 0, &other);
    assert_int_equal(provider.asked, 3);
    while (provider.open_count > 0)
        answer(SESSION_REFRESH_NEW);
    for (unsigned i = 0; i < 3; i++)
        stage_until(waiting[i].seen[0] != '\0');
}

static void test_a_refresh_goes_on_without_the_one_who_began_it(void **state)
{
    struct session session = sample();
    struct waiting first, second;

    ask_of(&first, 0, 0, &session);
    ask_of(&second, 0, 1, &session);
    session_refresh_leave(&first.wait);
    session_refresh_leave(&first.wait);
    session_refresh_leave(&second.wait);
    answer(SESSION_REFRESH_NEW);
    assert_string_equal(asked(0, 0, &session), "new access");
    assert_string_equal(first.seen, "");
    assert_int_equal(provider.asked, 1);
}

static void test_the_end_of_a_session_revokes_its_id(void **state)
{
    struct session session = sample();
    struct revocation_asked id = {.sid = revocation_key(REVOCATION_SID, session.id)};
    struct waiting waiting;

    ask_of(&waiting, 0, 0, &session);
    answer(SESSION_REFRESH_ENDED);
    stage_until(waiting.seen[0] != '\0');
    assert_string_equal(waiting.seen, "ended");
    assert_true(revocation_has(sides[0].view, &id, session.began_s));
    assert_string_equal(asked(0, 1, &session), "ended");
    assert_int_equal(provider.asked, 1);
    assert_non_null(strstr(stage.events, "session_refresh ended"));
}

static void test_who_is_logged_out_meanwhile_gets_no_new_tokens(void **state)
{
    struct session session = sample();
    struct revocation_entry entry = {.kind = REVOCATION_SID,
                                     .key = revocation_key(REVOCATION_SID, session.id),
                                     .until_s = session.began_s + 3600};
    struct waiting waiting;

    ask_of(&waiting, 0, 0, &session);
    revocation_add(sides[0].revocation, &entry, session.began_s);
    answer(SESSION_REFRESH_NEW);
    stage_until(waiting.seen[0] != '\0');
    assert_string_equal(waiting.seen, "ended");
}

/* Fails ${count} times, each time for a session of its own. */
static void fail_times(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct session session = sample();
        struct waiting waiting;
        session.renewals = 100 + i;
        ask_of(&waiting, 0, 0, &session);
        if (provider.open_count > 0)
            answer(SESSION_REFRESH_AWAY);
        stage_until(waiting.seen[0] != '\0');
        assert_string_equal(waiting.seen, "away");
    }
}

static void test_a_provider_that_fails_is_not_asked_by_each_request(void **state)
{
    struct session session = sample();
    struct revocation_asked id = {.sid = revocation_key(REVOCATION_SID, session.id)};

    fail_times(10);
    assert_int_equal(provider.asked, SESSION_REFRESH_PAUSE_FAILURES);
    assert_false(revocation_has(sides[0].view, &id, session.began_s));
    assert_string_equal(stage.events, "session_refresh failed, ");
}

static void test_the_pauses_grow_to_a_limit_and_a_success_ends_them(void **state)
{
    static const int64_t want_ms[] = {0, 0, 1000, 2000, 4000, 5000, 5000};
    struct session_refresh_pause pause = {0};

    for (size_t i = 0; i < sizeof(want_ms) / sizeof(want_ms[0]); i++) {
        assert_true(session_refresh_pause_fail(&pause, 7) == (i == 0));
        assert_true(pause.until_ns == (want_ms[i] == 0 ? 0 : 7 + want_ms[i] * CLOCK_MS));
    }
    assert_true(session_refresh_pause_is_on(&pause, 8));
    session_refresh_pause_succeed(&pause);
    assert_false(session_refresh_pause_is_on(&pause, 8));
}

/* Two processes. */

static void test_two_processes_share_one_refresh(void **state)
{
    struct session session = sample();
    struct waiting first, second;

    ask_of(&first, 0, 0, &session);
    stage_until(provider.open_count == 1);
    ask_of(&second, 1, 0, &session);
    stage_wait(60);
    assert_int_equal(provider.asked, 1);
    answer(SESSION_REFRESH_NEW);
    stage_until(first.seen[0] != '\0' && second.seen[0] != '\0');
    assert_string_equal(first.seen, "new access");
    assert_string_equal(second.seen, "new access");
    assert_int_equal(provider.asked, 1);
    assert_string_equal(stage_ask(redis, "EVAL return#redis.call('KEYS','session:lock:*') 0"), "0");
    assert_string_equal(stage_ask(redis, "EVAL return#redis.call('KEYS','session:refreshed:*') 0"),
                        "1");
}

/* A process that was told that the refresh token is not valid looks whether another one has used
 * it. */
static void test_a_session_that_another_process_has_refreshed_does_not_end(void **state)
{
    struct session session = sample();
    struct waiting first, second;

    ask_of(&first, 0, 0, &session);
    stage_until(provider.open_count == 1);
    stage_ask(redis, "FLUSHALL"); /* the lock of the first one has ended */
    ask_of(&second, 1, 0, &session);
    stage_until(provider.open_count == 2);
    struct session_refresh_ask *late = provider.open[0];
    provider.open[0] = provider.open[1];
    provider.open[1] = late;
    answer(SESSION_REFRESH_NEW);
    stage_until(second.seen[0] != '\0');
    answer(SESSION_REFRESH_ENDED);
    stage_until(first.seen[0] != '\0');
    assert_string_equal(first.seen, "new access");
    assert_true(revocation_is_empty(sides[0].view));
}

static void test_without_redis_the_lock_is_that_of_the_process(void **state)
{
    struct session session = sample();
    struct waiting waiting;

    redis_process_kill(&server);
    stage_until(!redis_is_up(redis));
    ask_of(&waiting, 0, 0, &session);
    stage_until(provider.open_count == 1);
    answer(SESSION_REFRESH_NEW);
    stage_until(waiting.seen[0] != '\0');
    assert_string_equal(waiting.seen, "new access");
    assert_non_null(strstr(stage.events, "session_lock process"));
    redis_process_start(&server, NULL);
    stage_until(redis_is_up(redis));
    session.renewals = 1;
    ask_of(&waiting, 0, 0, &session);
    stage_until(provider.open_count == 1);
    answer(SESSION_REFRESH_NEW);
    stage_until(waiting.seen[0] != '\0');
    assert_non_null(strstr(stage.events, "session_lock redis"));
}

/* Sessions in Redis. */

static enum session_store_end save(struct session_store_call *call, const struct session *session)
{
    *call = (struct session_store_call){.redis = redis, .pool = pool};
    return session_store_save(store, call, session, SESSION_STORE_NEW);
}

static unsigned stored;
static struct session loaded;

static void on_stored(struct session_store_call *call, enum session_store_end is)
{
    stored++;
    loaded = is == SESSION_STORE_OK ? call->session : (struct session){0};
}

static void keep(const struct session *session)
{
    struct session_store_call call;

    stored = 0;
    assert_int_equal(save(&call, session), SESSION_STORE_WAITS);
    call.done = on_stored;
    stage_until(stored == 1);
}

static void load(const struct session *session)
{
    struct session_store_call call = {
        .redis = redis, .pool = pool, .now_s = session->began_s, .done = on_stored};

    stored = 0;
    assert_int_equal(session_store_load(store, &call, session->id), SESSION_STORE_WAITS);
    stage_until(stored == 1);
}

static void test_a_session_in_redis_gets_its_new_content(void **state)
{
    struct session session = sample();
    struct waiting waiting;

    keep(&session);
    ask_of(&waiting, 0, 0, &session);
    stage_until(provider.open_count == 1);
    answer(SESSION_REFRESH_NEW);
    stage_until(waiting.seen[0] != '\0');
    load(&session);
    assert_true(text_is(loaded.access, "new access") && loaded.renewals == 1);
}

static void test_a_session_that_was_dropped_does_not_come_back(void **state)
{
    struct session session = sample();
    struct waiting waiting;

    keep(&session);
    ask_of(&waiting, 0, 0, &session);
    stage_until(provider.open_count == 1);
    stage_ask(redis, "FLUSHALL");
    answer(SESSION_REFRESH_NEW);
    stage_until(waiting.seen[0] != '\0');
    assert_string_equal(waiting.seen, "ended");
    load(&session);
    assert_null(loaded.access.at);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
#define SHARED(name) cmocka_unit_test_setup_teardown(name, begin_shared, end)
#define STORED(name) cmocka_unit_test_setup_teardown(name, begin_stored, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_when_it_is_due),
        TEST(test_all_who_come_with_the_same_content_share_one_refresh),
        TEST(test_the_result_is_kept_for_a_minute),
        TEST(test_another_content_or_session_is_another_refresh),
        TEST(test_a_refresh_goes_on_without_the_one_who_began_it),
        TEST(test_the_end_of_a_session_revokes_its_id),
        TEST(test_who_is_logged_out_meanwhile_gets_no_new_tokens),
        TEST(test_a_provider_that_fails_is_not_asked_by_each_request),
        TEST(test_the_pauses_grow_to_a_limit_and_a_success_ends_them),
        SHARED(test_two_processes_share_one_refresh),
        SHARED(test_a_session_that_another_process_has_refreshed_does_not_end),
        SHARED(test_without_redis_the_lock_is_that_of_the_process),
        STORED(test_a_session_in_redis_gets_its_new_content),
        STORED(test_a_session_that_was_dropped_does_not_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
