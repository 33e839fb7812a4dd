/* Tests of calls that are collected in one step of a loop. Without io_uring there is nothing to
 * test. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/upstream/batch.h"

#define PAIRS 100 /* more than a batch takes at once */

/* One of the calls, and what it was told. */
struct one {
    struct batch_call call;
    struct scene *scene;
    size_t told; /* how often */
    ssize_t result;
    char bytes[16];
    struct one *forgets, *sends; /* when it is told */
};

struct scene {
    h2o_loop_t *loop;
    h2o_timeout_t soon;
    struct batch *batch;
    int near[PAIRS], far[PAIRS];
    struct one ones[PAIRS];
    h2o_timeout_entry_t other;
    size_t order; /* of what happened */
    size_t other_at;
};

static struct scene scene;

static int begin(void **state)
{
    scene = (struct scene){.loop = h2o_evloop_create()};
    h2o_timeout_init(scene.loop, &scene.soon, 0);
    scene.batch = batch_new(scene.loop, &scene.soon);
    if (scene.batch == NULL)
        printf("no batch here: %s\n", strerror(errno));
    for (size_t i = 0; i < PAIRS; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
            return -1;
        scene.near[i] = pair[0];
        scene.far[i] = pair[1];
        scene.ones[i].scene = &scene;
    }
    return 0;
}

static int end(void **state)
{
    for (size_t i = 0; i < PAIRS; i++) {
        close(scene.near[i]);
        close(scene.far[i]);
    }
    batch_free(scene.batch);
    h2o_timeout_dispose(scene.loop, &scene.soon);
    h2o_evloop_destroy(scene.loop);
    return 0;
}

static void need_batch(void)
{
    if (scene.batch == NULL)
        skip();
}

static void send_one(size_t i, const char *string);

static void on_done(struct batch_call *call, char *at, ssize_t result)
{
    struct one *one = H2O_STRUCT_FROM_MEMBER(struct one, call, call);

    one->told++;
    one->result = result;
    if (result > 0 && (size_t)result < sizeof(one->bytes))
        memcpy(one->bytes, at, (size_t)result);
    scene.order++;
    if (one->forgets != NULL)
        batch_forget(&one->forgets->call);
    if (one->sends != NULL)
        send_one((size_t)(one->sends - scene.ones), "more");
}

static void send_one(size_t i, const char *string)
{
    size_t len = strlen(string);

    memcpy(batch_room(scene.batch), string, len);
    scene.ones[i].call.done = on_done;
    batch_send(scene.batch, scene.near[i], len, &scene.ones[i].call);
}

static bool receive_one(size_t i)
{
    scene.ones[i].call.done = on_done;
    return batch_receive(scene.batch, scene.near[i], &scene.ones[i].call);
}

static void step(void) { assert_int_equal(h2o_evloop_run(scene.loop, 0), 0); }

static void expect_bytes(size_t i, const char *want)
{
    char got[64] = "";

    assert_int_equal(recv(scene.far[i], got, sizeof(got) - 1, MSG_DONTWAIT), strlen(want));
    assert_string_equal(got, want);
}

static void expect_nothing(size_t i)
{
    char byte;

    assert_int_equal(recv(scene.far[i], &byte, 1, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
}

static void test_all_is_made_in_the_next_step(void **state)
{
    need_batch();
    assert_int_equal(send(scene.far[1], "answer", 6, 0), 6);
    send_one(0, "request");
    assert_true(receive_one(1));
    expect_nothing(0);
    step();
    expect_bytes(0, "request");
    assert_int_equal(scene.ones[0].result, 7);
    assert_int_equal(scene.ones[1].result, 6);
    assert_string_equal(scene.ones[1].bytes, "answer");
    step();
    assert_int_equal(scene.ones[0].told + scene.ones[1].told, 2);
}

static void test_each_answer_has_its_own_place(void **state)
{
    char string[16];
    size_t count = 0;

    need_batch();
    for (; count < PAIRS && receive_one(count); count++) {
        int len = snprintf(string, sizeof(string), "answer %zu", count);
        assert_int_equal(send(scene.far[count], string, (size_t)len, 0), len);
    }
    step();
    for (size_t i = 0; i < count; i++) {
        snprintf(string, sizeof(string), "answer %zu", i);
        assert_string_equal(scene.ones[i].bytes, string);
    }
}

/* A fan-out of a hundred: what does not fit any more goes at once, and nothing is lost. */
static void test_more_sends_than_fit(void **state)
{
    char string[16];

    need_batch();
    for (size_t i = 0; i < PAIRS; i++) {
        snprintf(string, sizeof(string), "request %zu", i);
        send_one(i, string);
    }
    step();
    for (size_t i = 0; i < PAIRS; i++) {
        snprintf(string, sizeof(string), "request %zu", i);
        expect_bytes(i, string);
        assert_int_equal(scene.ones[i].told, 1);
    }
}

static void test_more_receives_than_fit(void **state)
{
    size_t fit = 0;

    need_batch();
    while (fit < PAIRS && receive_one(fit))
        fit++;
    assert_true(fit > 1 && fit < PAIRS);
    assert_null(scene.ones[fit].call.place);
    step();
    for (size_t i = 0; i < fit; i++)
        assert_int_equal(scene.ones[i].result, -EAGAIN);
    assert_true(receive_one(fit));
    step();
    assert_int_equal(scene.ones[fit].told, 1);
}

static void test_what_is_forgotten_is_not_made(void **state)
{
    need_batch();
    send_one(0, "first");
    send_one(1, "second");
    assert_true(receive_one(2));
    batch_forget(&scene.ones[0].call);
    batch_forget(&scene.ones[2].call);
    batch_forget(&scene.ones[2].call); /* twice is nothing */
    step();
    expect_nothing(0);
    expect_bytes(1, "second");
    assert_int_equal(scene.ones[0].told + scene.ones[2].told, 0);
    send_one(0, "again");
    step();
    expect_bytes(0, "again");
}

/* Made, but not told of yet: a page that fails cancels its other calls so. */
static void test_one_forgets_another(void **state)
{
    need_batch();
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(send(scene.far[i], "answer", 6, 0), 6);
        assert_true(receive_one(i));
    }
    scene.ones[0].forgets = &scene.ones[1];
    step();
    assert_int_equal(scene.ones[0].told, 1);
    assert_int_equal(scene.ones[1].told, 0);
    assert_int_equal(scene.ones[2].told, 1);
}

/* An answer that lets the next calls begin. */
static void test_one_sends_more(void **state)
{
    need_batch();
    assert_int_equal(send(scene.far[0], "answer", 6, 0), 6);
    assert_true(receive_one(0));
    scene.ones[0].sends = &scene.ones[1];
    step();
    expect_bytes(1, "more");
    assert_int_equal(scene.ones[1].told, 1);
}

static void on_many(struct batch_call *call, char *at, ssize_t result)
{
    for (size_t i = 1; i < PAIRS; i++)
        send_one(i, "many");
}

/* And one that lets more of them begin than fit. */
static void test_one_sends_many(void **state)
{
    need_batch();
    assert_int_equal(send(scene.far[0], "answer", 6, 0), 6);
    assert_true(receive_one(0));
    scene.ones[0].call.done = on_many;
    step();
    for (size_t i = 1; i < PAIRS; i++) {
        expect_bytes(i, "many");
        assert_int_equal(scene.ones[i].told, 1);
    }
}

static void on_other(h2o_timeout_entry_t *entry)
{
    scene.other_at = ++scene.order;
    send_one(1, "late");
}

static void test_it_waits_for_the_rest_of_the_step(void **state)
{
    need_batch();
    send_one(0, "early");
    scene.other.cb = on_other;
    h2o_timeout_link(scene.loop, &scene.soon, &scene.other);
    step();
    assert_int_equal(scene.other_at, 1);
    expect_bytes(0, "early");
    expect_bytes(1, "late");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all_is_made_in_the_next_step, begin, end),
        cmocka_unit_test_setup_teardown(test_each_answer_has_its_own_place, begin, end),
        cmocka_unit_test_setup_teardown(test_more_sends_than_fit, begin, end),
        cmocka_unit_test_setup_teardown(test_more_receives_than_fit, begin, end),
        cmocka_unit_test_setup_teardown(test_what_is_forgotten_is_not_made, begin, end),
        cmocka_unit_test_setup_teardown(test_one_forgets_another, begin, end),
        cmocka_unit_test_setup_teardown(test_one_sends_more, begin, end),
        cmocka_unit_test_setup_teardown(test_one_sends_many, begin, end),
        cmocka_unit_test_setup_teardown(test_it_waits_for_the_rest_of_the_step, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
