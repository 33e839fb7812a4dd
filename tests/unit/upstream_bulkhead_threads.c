/* Tests of the limit of calls in flight with workers in threads: calls begin, wait, leave and end
 * at random. The limit must hold, and no waiter may be forgotten. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/random.h"
#include "bff/upstream/bulkhead.h"

#define THREADS 4
#define CALLS 400 /* of each thread */
#define AT_ONCE 8 /* calls of one thread, at most */
#define MOST 3

static struct registry *registry;
static struct bulkhead *shared;
static const struct service_settings settings = {
    .bulkhead = {.max_in_flight = MOST, .queue = THREADS * AT_ONCE}};

static atomic_uint under_way, most_under_way;
static unsigned left; /* waiters that left, of all threads */

/* One of the calls of a thread, again and again. */
struct caller {
    struct bulkhead_waiter waiter;
    struct thread *thread;
    bool has_slot, is_waiting;
};

struct thread {
    h2o_loop_t *loop;
    struct bell *bell;
    struct bulkhead_queue queue;
    pthread_t id;
    struct random random;
    struct caller callers[AT_ONCE];
    size_t at_once; /* of ${callers} that are used */
    unsigned gone, left;
};

static bool begin_call(struct caller *caller)
{
    unsigned now = atomic_fetch_add(&under_way, 1) + 1, most = atomic_load(&most_under_way);

    while (now > most && !atomic_compare_exchange_weak(&most_under_way, &most, now))
        ;
    caller->has_slot = true;
    caller->is_waiting = false;
    caller->thread->gone++;
    return true;
}

static bool always(struct bulkhead_waiter *waiter) { return true; }

static bool caller_goes(struct bulkhead_waiter *waiter)
{
    return begin_call(H2O_STRUCT_FROM_MEMBER(struct caller, waiter, waiter));
}

static const struct bulkhead_user caller_user = {.may_go = always, .go = caller_goes};

static void end_call(struct caller *caller)
{
    atomic_fetch_sub(&under_way, 1);
    caller->has_slot = false;
    bulkhead_leave(&caller->thread->queue);
}

/* Calls begin and end at random, and one waiter in eight leaves. */
static void step(struct caller *caller)
{
    struct thread *thread = caller->thread;
    bool is_chance = random_next(&thread->random) % 8 == 0;

    if (caller->has_slot) {
        end_call(caller);
    } else if (caller->is_waiting && is_chance) {
        bulkhead_stop_waiting(&thread->queue, &caller->waiter);
        caller->is_waiting = false;
        thread->left++;
    } else if (!caller->is_waiting && bulkhead_enter(&thread->queue)) {
        begin_call(caller);
    } else if (!caller->is_waiting) {
        caller->waiter.user = &caller_user;
        caller->is_waiting = true;
        assert_true(bulkhead_wait(&thread->queue, &caller->waiter, clock_now_ns()));
    }
}

/* Ends all calls. What waits must go without any other help than the ends of calls. */
static void drain(struct thread *thread)
{
    int64_t until_ns = clock_now_ns() + 20 * CLOCK_S;

    for (bool is_over = false; !is_over;) {
        h2o_evloop_run(thread->loop, 1);
        is_over = true;
        for (size_t i = 0; i < thread->at_once; i++) {
            if (thread->callers[i].has_slot)
                end_call(&thread->callers[i]);
            is_over &= !thread->callers[i].is_waiting;
        }
        must(clock_now_ns() < until_ns);
    }
}

static void *run_thread(void *cookie)
{
    struct thread *thread = cookie;

    thread->loop = h2o_evloop_create();
    thread->bell = bell_take(registry, thread->loop);
    bulkhead_queue_init(&thread->queue, shared, thread->bell, &settings);
    random_seed(&thread->random);
    for (size_t i = 0; i < thread->at_once; i++)
        thread->callers[i].thread = thread;
    while (thread->gone < CALLS) {
        for (size_t i = 0; i < thread->at_once; i++)
            step(&thread->callers[i]);
        h2o_evloop_run(thread->loop, 0);
    }
    drain(thread);
    assert_true(h2o_linklist_is_empty(&thread->queue.waiters));
    bell_return(thread->bell);
    h2o_evloop_run(thread->loop, 0);
    h2o_evloop_destroy(thread->loop);
    return NULL;
}

/* Returns the largest number of calls that were under way at the same time. */
static unsigned run_threads(size_t at_once)
{
    static struct thread threads[THREADS];

    left = 0;
    memset(threads, 0, sizeof(threads));
    atomic_store(&most_under_way, 0);
    registry = registry_new();
    shared = bulkhead_hold(registry, TEXT("users"));
    for (size_t i = 0; i < THREADS; i++) {
        threads[i].at_once = at_once;
        must(pthread_create(&threads[i].id, NULL, run_thread, &threads[i]) == 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        must(pthread_join(threads[i].id, NULL) == 0);
        left += threads[i].left;
    }
    struct bulkhead_report report = bulkhead_read(shared);
    assert_int_equal(report.in_flight + report.waiting, 0);
    registry_release(shared);
    registry_free(registry);
    return atomic_load(&most_under_way);
}

/* With one call at a time in each thread, there is often no waiter, and calls enter directly. */
static void test_few_calls_never_exceed_the_limit(void **state)
{
    assert_true(run_threads(1) <= MOST);
}

static void test_many_calls_never_exceed_the_limit(void **state)
{
    assert_int_equal(run_threads(AT_ONCE), MOST);
    assert_true(left > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_calls_never_exceed_the_limit),
        cmocka_unit_test(test_many_calls_never_exceed_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
