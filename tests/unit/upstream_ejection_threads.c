/* Tests of workers that decide about ejections and trials at the same time. */
#include <pthread.h>

#include "tests/unit/ejection_stage.h"

#define THREADS 2
#define ATTEMPTS 300000

static pthread_barrier_t barrier;
static atomic_uint trials, trial_count;

static void run_threads(void *(*run)(void *cookie))
{
    pthread_t threads[THREADS];
    unsigned numbers[THREADS];

    is_tracing = false;
    must(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
    for (unsigned i = 0; i < THREADS; i++) {
        numbers[i] = i;
        must(pthread_create(&threads[i], NULL, run, &numbers[i]) == 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        must(pthread_join(threads[i], NULL) == 0);
    pthread_barrier_destroy(&barrier);
    for (size_t i = 0; i < balance.count; i++) {
        must(states[i].in_flight == 0);
        must(states[i].trial != ENDPOINT_TRIAL_UNDER_WAY);
    }
    must(!atomic_flag_test_and_set(&service_state.is_ejecting));
}

/* Each attempt fails, and each trial succeeds. Before a trial succeeds, the endpoint is taken out
 * of the count, so that the count is never too high. */
static void *fail_everywhere(void *cookie)
{
    unsigned number = *(unsigned *)cookie;

    pthread_barrier_wait(&barrier);
    for (unsigned i = 0; i < ATTEMPTS; i++) {
        struct endpoint *endpoint = &endpoints[(i * (2 * number + 1)) % MOST];
        atomic_fetch_add(&now_ms, BASE_MS / 10);
        bool is_trial = endpoint_state_claim(endpoint->state, clock_now_ns());
        struct ejection_event event =
            event_of(endpoint, is_trial ? REASON_NONE : REASON_CONNECT, 0);
        event.is_trial = is_trial;
        if (is_trial)
            atomic_fetch_sub(&ejected, 1);
        attempt(&event);
    }
    return NULL;
}

static void test_workers_together_eject_no_more_than_allowed(void **state)
{
    begin(MOST, 50);
    settings.ejection.failures = 1;
    run_threads(fail_everywhere);
    assert_true(returned > 1000);
    assert_int_equal(most_ejected, MOST / 2);
}

/* One attempt. It may be the trial. */
static void ask(struct endpoint *endpoint, unsigned number, unsigned i)
{
    bool is_trial = endpoint_state_claim(endpoint->state, clock_now_ns());
    struct ejection_event event =
        event_of(endpoint, i % 3 == number ? REASON_NONE : REASON_CONNECT, 0);

    if (is_trial) {
        must(atomic_fetch_add(&trials, 1) == 0);
        trial_count++;
        event.is_trial = true;
        if (i % 5 == 0)
            event.outcome = ENDPOINT_UNKNOWN;
        atomic_fetch_sub(&trials, 1);
    }
    attempt(&event);
}

/* Attempts, checks and time, all at once. The first endpoint goes out and comes back many times. */
static void *come_and_go(void *cookie)
{
    unsigned number = *(unsigned *)cookie;

    pthread_barrier_wait(&barrier);
    for (unsigned i = 0; i < ATTEMPTS; i++) {
        atomic_fetch_add(&now_ms, BASE_MS / 4);
        ask(&endpoints[0], number, i);
        if (number == 0 && i % 50 == 0)
            ejection_check_passed("users", "a", &states[0], clock_now_ns());
    }
    return NULL;
}

static void test_a_trial_belongs_to_one_attempt_and_is_never_lost(void **state)
{
    begin(2, 50);
    settings.ejection.failures = 2;
    run_threads(come_and_go);
    assert_true(trial_count > 1000 && returned > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_workers_together_eject_no_more_than_allowed),
        cmocka_unit_test(test_a_trial_belongs_to_one_attempt_and_is_never_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
