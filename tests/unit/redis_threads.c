/* Tests of four workers that use one redis-server, which is killed and started again: each change
 * is one event. ThreadSanitizer looks for races here. */
#include <stdatomic.h>

#include "tests/unit/redis_stage.h"

#define WORKERS 4

/* A worker with one command under way at any time while Redis is up. */
struct worker {
    struct redis_command command;
    h2o_loop_t *loop;
    h2o_timeout_t soon;
    struct timers timers;
    struct redis *redis;
    pthread_t thread;
    _Atomic unsigned replies;
    atomic_bool is_up;
};

static struct redis_process server;
static struct worker workers[WORKERS];
static atomic_bool is_over;

static void on_done(struct redis_command *command, enum redis_end end,
                    const struct redisReply *reply)
{
    if (end == REDIS_REPLY)
        atomic_fetch_add(&((struct worker *)command)->replies, 1);
}

static void work(struct worker *worker)
{
    if (worker->command.redis == NULL && redis_is_up(worker->redis))
        redis_send(worker->redis, &worker->command, (struct text[]){TEXT("INCR"), TEXT("a")}, 2, 0);
    h2o_evloop_run(worker->loop, 1);
    timers_run(&worker->timers, clock_now_ns());
    atomic_store(&worker->is_up, redis_is_up(worker->redis));
}

static void *run(void *cookie)
{
    struct worker *worker = cookie;
    struct redis_loop on = {.soon = &worker->soon, .timers = &worker->timers};

    on.loop = worker->loop = h2o_evloop_create();
    h2o_timeout_init(worker->loop, &worker->soon, 0);
    timers_init(&worker->timers, stage_no_wake);
    worker->command.done = on_done;
    worker->redis = redis_new(&on, stage.registry, &stage.settings);
    while (!atomic_load(&is_over))
        work(worker);
    redis_free(worker->redis);
    timers_dispose(&worker->timers);
    h2o_evloop_run(worker->loop, 0);
    h2o_timeout_dispose(worker->loop, &worker->soon);
    h2o_evloop_destroy(worker->loop);
    return NULL;
}

static void await_all(bool is_up)
{
    for (size_t i = 0; i < WORKERS; i++)
        for (unsigned tries = 0; atomic_load(&workers[i].is_up) != is_up; tries++) {
            must(tries < 20000);
            usleep(1000);
        }
}

static void await_replies(void)
{
    for (size_t i = 0; i < WORKERS; i++)
        for (unsigned before = atomic_load(&workers[i].replies);
             atomic_load(&workers[i].replies) < before + 20;)
            usleep(1000);
}

static void test_each_change_is_one_event(void **state)
{
    stage_start(&server, "");
    for (size_t i = 0; i < WORKERS; i++)
        must(pthread_create(&workers[i].thread, NULL, run, &workers[i]) == 0);
    for (unsigned round = 0; round < 2; round++) {
        await_all(true);
        await_replies();
        redis_process_kill(&server);
        await_all(false);
        redis_process_start(&server, NULL);
    }
    await_all(true);
    atomic_store(&is_over, true);
    for (size_t i = 0; i < WORKERS; i++)
        must(pthread_join(workers[i].thread, NULL) == 0);
    assert_string_equal(stage.events, "redis_down reset, redis_up, redis_down reset, redis_up, ");
}

static int end(void **state)
{
    redis_process_end(&server);
    return stage_end(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_change_is_one_event, stage_begin, end)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
