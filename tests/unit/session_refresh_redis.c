/* Tests of the refresh of sessions by several processes that share a Redis. */
#include "tests/unit/session_refresh_stage.h"

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

static void test_a_session_that_ends_is_dropped(void **state)
{
    struct session session = sample();
    struct waiting waiting;

    keep(&session);
    ask_of(&waiting, 1, 0, &session);
    stage_until(provider.open_count == 1);
    answer(SESSION_REFRESH_ENDED);
    stage_until(waiting.seen[0] != '\0');
    load(&session);
    assert_null(loaded.access.at);
}

#define SHARED(name) cmocka_unit_test_setup_teardown(name, begin_shared, end)
#define STORED(name) cmocka_unit_test_setup_teardown(name, begin_stored, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED(test_two_processes_share_one_refresh),
        SHARED(test_a_session_that_another_process_has_refreshed_does_not_end),
        SHARED(test_without_redis_the_lock_is_that_of_the_process),
        STORED(test_a_session_in_redis_gets_its_new_content),
        STORED(test_a_session_that_ends_is_dropped),
        STORED(test_a_session_that_was_dropped_does_not_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
