/* Tests of the thread that writes lines. It writes to a pipe whose reader reads, does not read, or
 * has closed its end. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/base/log_writer.h"

#define RING_BYTES ((size_t)64 * 1024)
#define PATIENCE_MS 60000
#define PRODUCERS 2

/* One writer's world; on the heap, as a writer whose reader never reads stays with it. */
struct world {
    struct log_writer writer;
    struct log_ring events, rings[PRODUCERS];
    int pipe[2];
};

static struct world *world;

static int begin(void **state)
{
    world = calloc(1, sizeof(*world));
    log_ring_init(&world->events, RING_BYTES);
    for (int i = 0; i < PRODUCERS; i++) {
        log_ring_init(&world->rings[i], RING_BYTES);
        log_writer_add(&world->writer, &world->rings[i]);
    }
    return pipe2(world->pipe, O_CLOEXEC);
}

static int finish(void **state)
{
    for (int i = 0; i < PRODUCERS; i++)
        log_ring_dispose(&world->rings[i]);
    log_ring_dispose(&world->events);
    close(world->pipe[0]);
    close(world->pipe[1]);
    free(world);
    return 0;
}

static bool put(struct log_ring *ring, const char *line)
{
    bool is_put = log_ring_put(ring, text_of(line));

    log_writer_nudge(&world->writer, ring);
    return is_put;
}

static void start(void) { log_writer_start(&world->writer, world->pipe[1], &world->events); }

static void end(void) { assert_int_equal(log_writer_end(&world->writer, PATIENCE_MS), 0); }

/* What comes out until the writing end is closed; to be freed. */
static char *read_all(void)
{
    size_t len = 0, capacity = 4096;
    char *all = malloc(capacity);
    ssize_t some;

    while ((some = read(world->pipe[0], all + len, capacity - len - 1)) > 0) {
        len += (size_t)some;
        if (capacity - len < 4096)
            all = realloc(all, capacity *= 2);
    }
    all[len] = '\0';
    return all;
}

/* Reads while the writer ends, so that it can. */
static void *read_in_thread(void *cookie) { return read_all(); }

static char *end_and_read(pthread_t reader)
{
    void *all;

    end();
    close(world->pipe[1]);
    world->pipe[1] = -1;
    pthread_join(reader, &all);
    return all;
}

static pthread_t start_reader(void)
{
    pthread_t reader;

    assert_int_equal(pthread_create(&reader, NULL, read_in_thread, NULL), 0);
    return reader;
}

static void await_state(int state)
{
    while (atomic_load(&world->writer.state) != state)
        sched_yield();
}

static void test_what_was_said_before_the_start_and_after_it(void **state)
{
    char *all;

    put(&world->events, "last\n");
    put(&world->rings[0], "early\n");
    start();
    await_state(LOG_WRITER_SLEEPS);
    put(&world->rings[1], "late\n");
    await_state(LOG_WRITER_SLEEPS);
    all = end_and_read(start_reader());
    assert_string_equal(all, "early\nlast\nlate\n");
    free(all);
}

static void test_a_sleeping_one_is_woken_at_once(void **state)
{
    char line[8];

    start();
    for (int i = 0; i < 3; i++) {
        await_state(LOG_WRITER_SLEEPS);
        put(&world->rings[i % 2], "line\n");
        assert_int_equal(read(world->pipe[0], line, sizeof(line)), 5);
    }
    end();
}

#define LINES 20000

static _Atomic uint64_t refused;

static void *produce(void *cookie)
{
    struct log_ring *ring = cookie;
    char line[64];

    for (int i = 0; i < LINES; i++) {
        int who = ring == &world->rings[1];
        snprintf(line, sizeof(line), "%d %d %.*s\n", who, i, i % 40,
                 "........................................");
        for (; !put(ring, line); sched_yield())
            refused++;
    }
    return NULL;
}

/* Each line is whole, and each producer's come in their order; a try that found no room counts. */
static void test_two_producers(void **state)
{
    pthread_t reader = start_reader(), producers[PRODUCERS];
    int next[PRODUCERS] = {0}, who, number, len;
    uint64_t dropped = 0;

    start();
    for (int i = 0; i < PRODUCERS; i++)
        pthread_create(&producers[i], NULL, produce, &world->rings[i]);
    for (int i = 0; i < PRODUCERS; i++)
        pthread_join(producers[i], NULL);
    char *all = end_and_read(reader), *rest = all;
    for (char *line; (line = strsep(&rest, "\n")) != NULL && *line != '\0';) {
        if (*line == '{') {
            dropped += strtoull(strstr(line, "\"lines\":") + 8, NULL, 10);
            continue;
        }
        assert_int_equal(sscanf(line, "%d %d %n", &who, &number, &len), 2);
        assert_in_range(who, 0, 1);
        assert_int_equal(number, next[who]++);
        assert_int_equal(strspn(line + len, "."), number % 40);
        assert_int_equal(line[len + number % 40], '\0');
    }
    assert_int_equal(next[0], LINES);
    assert_int_equal(next[1], LINES);
    assert_int_equal(dropped, refused);
    free(all);
}

/* Nobody reads: lines are dropped, and told when somebody does. */
static void test_dropped_lines_are_told(void **state)
{
    static const char line[] = "a line that is as long as lines are, or nearly so\n";
    uint64_t put_count = 0, tried = 0, written = 0, told = 0;

    fcntl(world->pipe[1], F_SETPIPE_SZ, 4096);
    start();
    for (; put_count + 1000 > tried; tried++)
        put_count += put(&world->rings[0], line);
    char *all = end_and_read(start_reader()), *rest = all;
    for (char *at; (at = strsep(&rest, "\n")) != NULL && *at != '\0';) {
        if (strncmp(at, "{\"time\":\"", 9) == 0)
            told += strtoull(strstr(at, ",\"event\":\"log_dropped\",\"lines\":") + 31, NULL, 10);
        else
            written++;
    }
    assert_int_equal(written, put_count);
    assert_int_equal(told, tried - put_count);
    free(all);
}

/* A descriptor that does not block is waited for all the same. */
static void test_a_descriptor_that_does_not_block(void **state)
{
    static char line[1001];
    char *all;

    memset(line, 'x', 1000);
    line[999] = '\n';
    fcntl(world->pipe[1], F_SETPIPE_SZ, 4096);
    fcntl(world->pipe[1], F_SETFL, O_NONBLOCK);
    for (int i = 0; i < 50; i++)
        assert_true(put(&world->rings[0], line));
    start();
    all = end_and_read(start_reader());
    assert_int_equal(strlen(all), 50 * 1000);
    free(all);
}

/* Standard error, where the end is told, is kept silent meanwhile. */
static int hush(void)
{
    int before = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);

    dup2(null, STDERR_FILENO);
    close(null);
    return before;
}

static void test_nobody_will_read_again(void **state)
{
    int before = hush();

    close(world->pipe[0]);
    world->pipe[0] = -1;
    start();
    for (int i = 0; i < 100000; i++)
        put(&world->rings[i % 2], "a line for nobody\n");
    await_state(LOG_WRITER_SLEEPS); /* it does not spin */
    assert_int_equal(log_ring_used(&world->rings[0]), 0);
    assert_true(put(&world->rings[0], "another\n"));
    end();
    assert_true(world->writer.is_broken);
    dup2(before, STDERR_FILENO);
    close(before);
}

/* A disk that is full now may have room later: what did not fit is counted. */
static void test_a_full_disk(void **state)
{
    close(world->pipe[1]);
    world->pipe[1] = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_int_not_equal(world->pipe[1], -1);
    put(&world->rings[0], "one\ntwo\n");
    put(&world->rings[1], "three\n");
    start();
    end();
    assert_false(world->writer.is_broken);
    assert_int_equal(world->writer.dropped, 3);
}

/* The thread stays with its pipe: the world is not freed. */
static void test_the_end_does_not_wait_for_ever(void **state)
{
    static char line[8192];
    static struct world *kept;

    memset(line, 'x', sizeof(line) - 2);
    line[sizeof(line) - 2] = '\n';
    fcntl(world->pipe[1], F_SETPIPE_SZ, 4096);
    put(&world->rings[0], line);
    start();
    assert_int_equal(log_writer_end(&world->writer, 20), -1);
    kept = world;
    assert_non_null(kept);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_was_said_before_the_start_and_after_it),
        TEST(test_a_sleeping_one_is_woken_at_once),
        TEST(test_two_producers),
        TEST(test_dropped_lines_are_told),
        TEST(test_a_descriptor_that_does_not_block),
        TEST(test_nobody_will_read_again),
        TEST(test_a_full_disk),
        cmocka_unit_test_setup(test_the_end_does_not_wait_for_ever, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
