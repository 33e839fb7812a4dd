/* Tests of the refresh of sessions in one process: who shares it, and how it ends. */
#include "bff/session/session_refresh_pause.h"

#include "tests/unit/session_refresh_stage.h"

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
