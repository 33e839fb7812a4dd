/* Tests of the circuit breaker with a clock of their own. The differences to opossum have tests of
 * their own; tests/peers compares everything else with the real opossum. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/upstream/breaker.h"

static const struct service_breaker usual = {
    .error_percent = 50, .volume = 10, .reset_ms = 10000, .window_ms = 10000};

static struct registry *registry;
static struct breaker *breaker;
static struct service_breaker settings;
static int64_t now_ns;
static char events[1024];
static bool is_noting;

/* The log of the test: "breaker_open service=users calls=10; ". */
void log_event(const char *event, const struct log_field *fields)
{
    if (!is_noting)
        return;
    char *at = events + strlen(events), *end = events + sizeof(events);

    at += snprintf(at, (size_t)(end - at), "%s", event);
    for (; fields->name != NULL; fields++)
        if (fields->text.at != NULL)
            at +=
                snprintf(at, (size_t)(end - at), " %s=%.*s", fields->name, TEXT_ARGS(fields->text));
        else
            at += snprintf(at, (size_t)(end - at), " %s=%d", fields->name, (int)fields->number);
    snprintf(at, (size_t)(end - at), "; ");
}

static int begin(void **state)
{
    registry = registry_new();
    breaker = breaker_hold(registry, TEXT("users"));
    settings = usual;
    now_ns = 5000 * CLOCK_S;
    events[0] = '\0';
    is_noting = true;
    return 0;
}

static int end(void **state)
{
    registry_release(breaker);
    registry_free(registry);
    return 0;
}

static enum breaker_pass ask(void) { return breaker_ask(breaker, &settings, now_ns); }

static void tell(enum breaker_pass pass, enum breaker_outcome outcome)
{
    breaker_tell(breaker, &settings, pass, outcome, now_ns, now_ns);
}

/* Makes calls that end at once. */
static void calls(unsigned count, enum breaker_outcome outcome)
{
    while (count-- > 0) {
        enum breaker_pass pass = ask();
        if (pass != BREAKER_REFUSED)
            tell(pass, outcome);
    }
}

static void expect_state(enum breaker_state state)
{
    assert_int_equal(breaker_read(breaker, &settings, now_ns).state, state);
}

static void expect_counts(unsigned count, unsigned failures)
{
    struct breaker_report report = breaker_read(breaker, &settings, now_ns);

    assert_int_equal(report.calls, count);
    assert_int_equal(report.failures, failures);
}

/* Opens the breaker by ten calls that fail. */
static void open_it(void)
{
    calls(10, BREAKER_FAILED);
    expect_state(BREAKER_OPEN);
}

static void test_when_it_opens(void **state)
{
    static const struct {
        const char *why;
        unsigned percent, volume, worked, failed;
        enum breaker_state state;
    } cases[] = {
        {"more than half of ten", 50, 10, 4, 6, BREAKER_OPEN},
        {"half is not more than half", 50, 10, 5, 5, BREAKER_CLOSED},
        {"fewer calls than the volume", 50, 10, 0, 9, BREAKER_CLOSED},
        {"the call that completes the volume", 50, 10, 0, 10, BREAKER_OPEN},
        {"the first failure", 50, 1, 0, 1, BREAKER_OPEN},
        {"any failure", 0, 5, 4, 1, BREAKER_OPEN},
        {"never at 100 %", 100, 5, 0, 1000, BREAKER_CLOSED},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        end(state);
        begin(state);
        settings.error_percent = cases[i].percent;
        settings.volume = cases[i].volume;
        calls(cases[i].worked, BREAKER_WORKED);
        calls(cases[i].failed, BREAKER_FAILED);
        if (breaker_read(breaker, &settings, now_ns).state != cases[i].state)
            fail_msg("%s", cases[i].why);
    }
}

static void test_only_a_failure_opens_it(void **state)
{
    calls(9, BREAKER_FAILED);
    calls(5, BREAKER_WORKED);
    expect_state(BREAKER_CLOSED);
    calls(1, BREAKER_FAILED);
    expect_state(BREAKER_OPEN);
}

static void test_failures_leave_the_window(void **state)
{
    calls(9, BREAKER_FAILED);
    now_ns += 10 * CLOCK_S;
    expect_counts(0, 0);
    calls(9, BREAKER_FAILED);
    expect_state(BREAKER_CLOSED);
}

static void test_refused_calls_count(void **state)
{
    open_it();
    for (int i = 0; i < 30; i++)
        assert_int_equal(ask(), BREAKER_REFUSED);
    expect_counts(40, 10);
}

static void test_one_trial_after_the_reset(void **state)
{
    open_it();
    assert_int_equal(breaker_wait_ns(breaker, &settings, now_ns), 10 * CLOCK_S);
    now_ns += 10 * CLOCK_S - 1;
    assert_int_equal(breaker_wait_ns(breaker, &settings, now_ns), 1);
    assert_int_equal(ask(), BREAKER_REFUSED);
    now_ns++;
    expect_state(BREAKER_HALF_OPEN);
    assert_int_equal(ask(), BREAKER_TRIAL);
    assert_int_equal(ask(), BREAKER_REFUSED);
    now_ns += 60 * CLOCK_S;
    expect_state(BREAKER_HALF_OPEN);
    assert_int_equal(ask(), BREAKER_REFUSED);
    tell(BREAKER_TRIAL, BREAKER_WORKED);
    expect_state(BREAKER_CLOSED);
    assert_int_equal(ask(), BREAKER_PASSED);
}

static void test_a_trial_that_fails_opens_it_whatever_the_volume(void **state)
{
    open_it();
    now_ns += 3600 * CLOCK_S;
    assert_int_equal(ask(), BREAKER_TRIAL);
    now_ns += 3 * CLOCK_S;
    tell(BREAKER_TRIAL, BREAKER_FAILED);
    expect_state(BREAKER_OPEN);
    expect_counts(1, 1);
    assert_int_equal(breaker_wait_ns(breaker, &settings, now_ns), 10 * CLOCK_S);
}

static void test_a_closed_breaker_remembers_its_window(void **state)
{
    settings.reset_ms = 1000;
    open_it();
    now_ns += CLOCK_S;
    calls(1, BREAKER_WORKED);
    expect_state(BREAKER_CLOSED);
    calls(1, BREAKER_FAILED);
    expect_state(BREAKER_OPEN);
}

/* The differences to opossum. */

static void test_a_cancelled_call_leaves_the_window(void **state)
{
    enum breaker_pass pass = ask();
    int64_t began_ns = now_ns;

    now_ns += 4 * CLOCK_S;
    calls(2, BREAKER_WORKED);
    expect_counts(3, 0);
    breaker_tell(breaker, &settings, pass, BREAKER_NOTHING, began_ns, now_ns);
    expect_counts(2, 0);
    calls(1000, BREAKER_NOTHING);
    expect_counts(2, 0);
    calls(7, BREAKER_FAILED);
    expect_state(BREAKER_CLOSED);
}

static void test_after_a_cancelled_trial_the_next_call_is_the_trial(void **state)
{
    open_it();
    now_ns += 10 * CLOCK_S;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ask(), BREAKER_TRIAL);
        assert_int_equal(ask(), BREAKER_REFUSED);
        tell(BREAKER_TRIAL, BREAKER_NOTHING);
        expect_state(BREAKER_HALF_OPEN);
        assert_int_equal(breaker_wait_ns(breaker, &settings, now_ns), 0);
    }
    calls(1, BREAKER_WORKED);
    expect_state(BREAKER_CLOSED);
}

static void test_the_end_of_an_older_call_does_not_close_it(void **state)
{
    enum breaker_pass older = ask();

    open_it();
    now_ns += 10 * CLOCK_S;
    tell(older, BREAKER_WORKED);
    expect_state(BREAKER_HALF_OPEN);
    assert_int_equal(ask(), BREAKER_TRIAL);
    tell(older, BREAKER_WORKED);
    expect_state(BREAKER_HALF_OPEN);
}

static void test_the_end_of_an_older_call_does_not_open_it_again(void **state)
{
    enum breaker_pass older = ask();

    open_it();
    now_ns += 10 * CLOCK_S;
    assert_int_equal(ask(), BREAKER_TRIAL);
    tell(older, BREAKER_FAILED);
    expect_state(BREAKER_HALF_OPEN);
    tell(BREAKER_TRIAL, BREAKER_WORKED);
    expect_state(BREAKER_CLOSED);
}

/* What others see. */

static void test_its_events(void **state)
{
    open_it();
    now_ns += 12 * CLOCK_S;
    calls(1, BREAKER_NOTHING);
    calls(1, BREAKER_FAILED);
    now_ns += 10 * CLOCK_S;
    calls(1, BREAKER_WORKED);
    assert_string_equal(events, "breaker_open service=users calls=10 failures=10 reset_ms=10000; "
                                "breaker_half_open service=users open_ms=12000; "
                                "breaker_open service=users calls=1 failures=1 reset_ms=10000; "
                                "breaker_half_open service=users open_ms=22000; "
                                "breaker_closed service=users calls=1 failures=0 open_ms=22000; ");
}

static void test_an_own_breaker_is_named_in_its_events(void **state)
{
    struct breaker *own = breaker_hold(registry, TEXT("route /api/users/ to users"));

    settings.volume = 1;
    breaker_tell(own, &settings, breaker_ask(own, &settings, now_ns), BREAKER_FAILED, now_ns,
                 now_ns);
    assert_string_equal(events, "breaker_open breaker=route /api/users/ to users calls=1 "
                                "failures=1 reset_ms=10000; ");
    expect_state(BREAKER_CLOSED);
    registry_release(own);
}

static void test_it_is_found_by_its_name(void **state)
{
    struct breaker *again = breaker_hold(registry, TEXT("users"));

    assert_ptr_equal(again, breaker);
    registry_release(again);
}

static void test_since_when(void **state)
{
    int64_t before_ms = clock_wall_ms(), since_ms;

    assert_in_range(breaker_read(breaker, &settings, now_ns).since_ms, 1, before_ms);
    open_it();
    since_ms = breaker_read(breaker, &settings, now_ns).since_ms;
    assert_in_range(since_ms, before_ms, clock_wall_ms());
    now_ns += 15 * CLOCK_S;
    assert_int_equal(breaker_read(breaker, &settings, now_ns).since_ms, since_ms + 10000);
}

/* Threads. */

#define THREADS 4
#define ROUNDS 2000

static pthread_barrier_t barrier;
static atomic_uint trials;

/* In each round a trial is due, and all threads ask at the same time. Every second trial fails, and
 * the others are cancelled. */
static void *race(void *cookie)
{
    for (int round = 0; round < ROUNDS; round++) {
        int64_t at_ns = now_ns + round * 10 * CLOCK_S;
        pthread_barrier_wait(&barrier);
        enum breaker_pass pass = breaker_ask(breaker, &settings, at_ns);
        pthread_barrier_wait(&barrier);
        if (pass == BREAKER_TRIAL) {
            enum breaker_outcome outcome = round % 2 == 0 ? BREAKER_FAILED : BREAKER_NOTHING;
            atomic_fetch_add(&trials, 1);
            breaker_tell(breaker, &settings, pass, outcome, at_ns, at_ns);
        }
    }
    return NULL;
}

static void test_one_trial_however_many_threads(void **state)
{
    pthread_t threads[THREADS];

    settings.volume = 1;
    is_noting = false;
    trials = 0;
    calls(1, BREAKER_FAILED);
    now_ns += 10 * CLOCK_S;
    assert_int_equal(pthread_barrier_init(&barrier, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    pthread_barrier_destroy(&barrier);
    assert_int_equal(trials, ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_when_it_opens, begin, end),
        cmocka_unit_test_setup_teardown(test_only_a_failure_opens_it, begin, end),
        cmocka_unit_test_setup_teardown(test_failures_leave_the_window, begin, end),
        cmocka_unit_test_setup_teardown(test_refused_calls_count, begin, end),
        cmocka_unit_test_setup_teardown(test_one_trial_after_the_reset, begin, end),
        cmocka_unit_test_setup_teardown(test_a_trial_that_fails_opens_it_whatever_the_volume, begin,
                                        end),
        cmocka_unit_test_setup_teardown(test_a_closed_breaker_remembers_its_window, begin, end),
        cmocka_unit_test_setup_teardown(test_a_cancelled_call_leaves_the_window, begin, end),
        cmocka_unit_test_setup_teardown(test_after_a_cancelled_trial_the_next_call_is_the_trial,
                                        begin, end),
        cmocka_unit_test_setup_teardown(test_the_end_of_an_older_call_does_not_close_it, begin,
                                        end),
        cmocka_unit_test_setup_teardown(test_the_end_of_an_older_call_does_not_open_it_again, begin,
                                        end),
        cmocka_unit_test_setup_teardown(test_its_events, begin, end),
        cmocka_unit_test_setup_teardown(test_an_own_breaker_is_named_in_its_events, begin, end),
        cmocka_unit_test_setup_teardown(test_it_is_found_by_its_name, begin, end),
        cmocka_unit_test_setup_teardown(test_since_when, begin, end),
        cmocka_unit_test_setup_teardown(test_one_trial_however_many_threads, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
