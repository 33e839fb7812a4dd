/*
 * Tests of the limit of calls in flight and of its queue. Two workers are two loops in one thread,
 * which the test runs step by step.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/upstream/bulkhead.h"

#define WORKERS 2

struct worker {
    h2o_loop_t *loop;
    struct bell *bell;
    struct bulkhead_queue queue;
};

/* A call. Its name is written to the trace when it goes. */
struct fake {
    struct bulkhead_waiter waiter;
    struct worker *worker;
    char name;
};

static struct {
    struct registry *registry;
    struct bulkhead *shared;
    struct worker workers[WORKERS];
    struct service_settings settings;
    char trace[64];
    bool is_full;    /* all endpoints are */
    unsigned refuse; /* so many more times go finds that they are full */
    int64_t now_ns;  /* of the next call that waits */
} scene;

static bool may_go(struct bulkhead_waiter *waiter) { return !scene.is_full; }

static bool go(struct bulkhead_waiter *waiter)
{
    const struct fake *fake = H2O_STRUCT_FROM_MEMBER(struct fake, waiter, waiter);
    size_t len = strlen(scene.trace);

    if (scene.refuse > 0) {
        scene.refuse--;
        scene.is_full = true;
        return false;
    }
    must(len + 1 < sizeof(scene.trace));
    scene.trace[len] = fake->name;
    return true;
}

static const struct bulkhead_user user = {.may_go = may_go, .go = go};

static bool waits(struct fake *fake, unsigned worker, char name)
{
    *fake = (struct fake){.waiter = {.user = &user}, .name = name};
    fake->worker = &scene.workers[worker];
    return bulkhead_wait(&fake->worker->queue, &fake->waiter, scene.now_ns++);
}

static void run_worker(unsigned i) { must(h2o_evloop_run(scene.workers[i].loop, 0) == 0); }

/* What went since the last time, while all workers ran. */
static const char *went(void)
{
    static char copy[sizeof(scene.trace)];

    for (unsigned round = 0; round < 4; round++)
        for (unsigned i = 0; i < WORKERS; i++)
            run_worker(i);
    memcpy(copy, scene.trace, sizeof(copy));
    memset(scene.trace, 0, sizeof(scene.trace));
    return copy;
}

static void leave(unsigned worker) { bulkhead_leave(&scene.workers[worker].queue); }

static bool enter(unsigned worker) { return bulkhead_enter(&scene.workers[worker].queue); }

static void expect(uint32_t in_flight, uint32_t waiting)
{
    struct bulkhead_report report = bulkhead_read(scene.shared);

    assert_int_equal(report.in_flight, in_flight);
    assert_int_equal(report.waiting, waiting);
}

static void begin_worker(struct worker *worker)
{
    worker->loop = h2o_evloop_create();
    worker->bell = bell_take(scene.registry, worker->loop);
    bulkhead_queue_init(&worker->queue, scene.shared, worker->bell, &scene.settings);
}

static void end_worker(struct worker *worker)
{
    assert_true(h2o_linklist_is_empty(&worker->queue.waiters));
    bell_return(worker->bell);
    h2o_evloop_run(worker->loop, 0);
    h2o_evloop_destroy(worker->loop);
}

static void begin_scene(struct service_bulkhead settings)
{
    memset(&scene, 0, sizeof(scene));
    scene.registry = registry_new();
    scene.shared = bulkhead_hold(scene.registry, TEXT("users"));
    scene.settings.bulkhead = settings;
    scene.now_ns = 1;
}

static int begin(void **state)
{
    begin_scene((struct service_bulkhead){.max_in_flight = 2, .queue = 3});
    for (size_t i = 0; i < WORKERS; i++)
        begin_worker(&scene.workers[i]);
    return 0;
}

static void end_scene(void)
{
    expect(0, 0);
    registry_release(scene.shared);
    registry_free(scene.registry);
}

static int end(void **state)
{
    for (size_t i = 0; i < WORKERS; i++)
        end_worker(&scene.workers[i]);
    end_scene();
    return 0;
}

/* One worker after the other. */

static void test_a_slot_goes_to_the_call_that_has_waited_longest(void **state)
{
    struct fake calls[3];

    assert_true(enter(0) && enter(1));
    assert_false(enter(0));
    assert_true(waits(&calls[0], 1, 'a') && waits(&calls[1], 0, 'b') && waits(&calls[2], 1, 'c'));
    expect(2, 3);
    assert_string_equal(went(), "");

    leave(0);
    expect(1, 3);
    assert_false(enter(0)); /* a new call does not overtake */
    assert_string_equal(went(), "a");
    leave(0);
    leave(1);
    assert_string_equal(went(), "bc");
    expect(2, 0);
    leave(0);
    leave(1);
}

static void test_the_queue_is_bounded_over_all_workers(void **state)
{
    struct fake calls[4];

    assert_true(enter(0) && enter(0));
    assert_true(waits(&calls[0], 0, 'a') && waits(&calls[1], 1, 'b') && waits(&calls[2], 1, 'c'));
    assert_false(waits(&calls[3], 0, 'd'));
    expect(2, 3);
    for (size_t i = 0; i < 3; i++)
        bulkhead_stop_waiting(&calls[i].worker->queue, &calls[i].waiter);
    expect(2, 0);
    leave(0);
    leave(0);
    assert_string_equal(went(), "");
}

/* The slot was rung out to a call that left before its worker heard it. */
static void test_a_slot_of_a_call_that_left_goes_to_the_next_one(void **state)
{
    struct fake calls[3];

    assert_true(enter(0) && enter(0));
    assert_true(waits(&calls[0], 0, 'a') && waits(&calls[1], 1, 'b') && waits(&calls[2], 1, 'c'));
    leave(0);
    bulkhead_stop_waiting(&calls[0].worker->queue, &calls[0].waiter);
    assert_string_equal(went(), "b");
    bulkhead_stop_waiting(&calls[2].worker->queue, &calls[2].waiter);
    expect(2, 0);
    leave(0);
    leave(1);
}

/* The slot becomes free after enter has failed and before the call waits. */
static void test_a_call_that_begins_to_wait_takes_a_free_slot_at_once(void **state)
{
    struct fake call;

    assert_true(enter(0) && enter(0));
    assert_false(enter(1));
    leave(0);
    assert_true(waits(&call, 1, 'a'));
    assert_string_equal(scene.trace, "a");
    expect(2, 0);
    leave(0);
    leave(1);
    went();
}

static void test_full_endpoints_make_calls_wait(void **state)
{
    struct fake calls[2];

    for (size_t i = 0; i < WORKERS; i++)
        scene.workers[i].queue.has_endpoint_limit = true;
    scene.is_full = true;
    assert_true(waits(&calls[0], 0, 'a') && waits(&calls[1], 1, 'b'));
    assert_string_equal(went(), "");

    /* An endpoint has a place, but another call takes it before a has it. */
    scene.is_full = false;
    scene.refuse = 1;
    bulkhead_attempt_ended(&scene.workers[1].queue);
    assert_string_equal(went(), "");
    expect(0, 2);

    scene.is_full = false;
    bulkhead_attempt_ended(&scene.workers[1].queue);
    assert_string_equal(went(), "ab");
    leave(0);
    leave(1);
}

/* A bell of a worker that has ended is used again, and a late ring wakes its new worker. */
static void test_a_bell_is_used_again(void **state)
{
    struct bell *before = scene.workers[1].bell;

    end_worker(&scene.workers[1]);
    bell_ring(before);
    begin_worker(&scene.workers[1]);
    assert_ptr_equal(scene.workers[1].bell, before);
    assert_string_equal(went(), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_slot_goes_to_the_call_that_has_waited_longest),
        TEST(test_the_queue_is_bounded_over_all_workers),
        TEST(test_a_slot_of_a_call_that_left_goes_to_the_next_one),
        TEST(test_a_call_that_begins_to_wait_takes_a_free_slot_at_once),
        TEST(test_full_endpoints_make_calls_wait),
        TEST(test_a_bell_is_used_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
