/* Tests of sends and receives with one system call. There is nothing to test where the kernel does
 * not allow io_uring. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/loop/uring.h"

#define BYTES 64

/* What the kernel is asked: played, where ${takes} is not what it would do. */
static size_t entered;  /* times */
static long takes = -1; /* calls, the next time; -1: all */
static int fails;       /* with this, the next time; 0: it does not */
static bool is_late;    /* the calls are made when they are waited for */
static long owed;       /* calls that are late */

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

static long enter(long fd, long submit, long wait, long flags)
{
    entered++;
    if (fails != 0) {
        errno = fails;
        fails = 0;
        return -1;
    }
    if (wait > 0 && owed > 0) {
        assert_int_equal(wait, owed);
        owed = 0;
        return __real_syscall(SYS_io_uring_enter, fd, wait, wait, flags, NULL, 0) == wait ? 0 : -1;
    }
    if (takes >= 0)
        submit = takes;
    takes = -1;
    if (is_late) {
        owed = submit;
        is_late = false;
        return submit;
    }
    return __real_syscall(SYS_io_uring_enter, fd, submit, wait, flags, NULL, 0);
}

long __wrap_syscall(long number, ...)
{
    va_list args;

    va_start(args, number);
    long first = va_arg(args, long);
    if (number == SYS_io_uring_setup) {
        void *params = va_arg(args, void *);
        va_end(args);
        return __real_syscall(number, first, params);
    }
    assert_int_equal(number, SYS_io_uring_enter);
    long submit = va_arg(args, long), wait = va_arg(args, long), flags = va_arg(args, long);
    va_end(args);
    return enter(first, submit, wait, flags);
}

/* Sockets in pairs, and a call for each. */
struct scene {
    struct uring *uring;
    int near[URING_CALLS], far[URING_CALLS];
    char bytes[URING_CALLS][BYTES];
    struct uring_call calls[URING_CALLS];
};

static int begin(void **state)
{
    static struct scene scene;

    scene = (struct scene){.uring = uring_new()};
    if (scene.uring == NULL)
        printf("no io_uring here: %s\n", strerror(errno));
    for (size_t i = 0; i < URING_CALLS; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
            return -1;
        scene.near[i] = pair[0];
        scene.far[i] = pair[1];
    }
    *state = &scene;
    return 0;
}

static int end(void **state)
{
    struct scene *scene = *state;

    for (size_t i = 0; i < URING_CALLS; i++) {
        close(scene->near[i]);
        close(scene->far[i]);
    }
    uring_free(scene->uring);
    return 0;
}

static struct scene *scene_or_skip(void **state)
{
    struct scene *scene = *state;

    if (scene->uring == NULL)
        skip();
    return scene;
}

static void add_send(struct scene *scene, size_t i, const char *string)
{
    snprintf(scene->bytes[i], BYTES, "%s", string);
    scene->calls[i] = (struct uring_call){
        .is_send = true, .fd = scene->near[i], .at = scene->bytes[i], .len = strlen(string)};
    uring_add(scene->uring, &scene->calls[i]);
}

static void add_receive(struct scene *scene, size_t i)
{
    memset(scene->bytes[i], 0, BYTES);
    scene->calls[i] =
        (struct uring_call){.fd = scene->far[i], .at = scene->bytes[i], .len = BYTES - 1};
    uring_add(scene->uring, &scene->calls[i]);
}

/* As many times as make the rings go round, and with every number of calls. */
static void test_each_call_has_its_own_result(void **state)
{
    struct scene *scene = scene_or_skip(state);

    for (size_t count = 0; count <= URING_CALLS; count++) {
        char string[BYTES];
        for (size_t i = 0; i < count; i++) {
            snprintf(string, sizeof(string), "%zu of %zu", i, count);
            add_send(scene, i, string);
        }
        uring_run(scene->uring);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(scene->calls[i].result, scene->calls[i].len);
            add_receive(scene, i);
        }
        uring_run(scene->uring);
        for (size_t i = 0; i < count; i++) {
            int len = snprintf(string, sizeof(string), "%zu of %zu", i, count);
            assert_int_equal(scene->calls[i].result, len);
            assert_string_equal(scene->bytes[i], string);
        }
    }
}

/* ${count} are sent, and arrive, in their order on one socket; and so do others afterwards. */
static void expect_all(struct scene *scene, size_t count)
{
    for (size_t round = 0; round < 2; round++) {
        char got[URING_CALLS + 1] = "", want[URING_CALLS + 1] = "";
        for (size_t i = 0; i < count; i++) {
            want[i] = (char)('0' + i);
            scene->bytes[i][0] = want[i];
            scene->calls[i] = (struct uring_call){
                .is_send = true, .fd = scene->near[0], .at = scene->bytes[i], .len = 1};
            uring_add(scene->uring, &scene->calls[i]);
        }
        uring_run(scene->uring);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(scene->calls[i].result, 1);
        assert_int_equal(recv(scene->far[0], got, URING_CALLS, MSG_DONTWAIT), count);
        assert_string_equal(got, want);
    }
}

static void test_one_system_call_for_all(void **state)
{
    struct scene *scene = scene_or_skip(state);

    for (size_t count = 1; count <= URING_CALLS; count *= 2) {
        entered = 0;
        expect_all(scene, count);
        assert_int_equal(entered, count == 1 ? 0 : 2); /* a single one goes without */
    }
}

/* It is short of memory, or was interrupted. */
static void test_the_kernel_takes_none_or_some(void **state)
{
    struct scene *scene = scene_or_skip(state);

    for (long some = 0; some <= 5; some++) {
        takes = some;
        expect_all(scene, 5);
    }
    for (int *error = (int[]){EAGAIN, EBUSY, ENOMEM, EINTR, 0}; *error != 0; error++) {
        fails = *error;
        expect_all(scene, 5);
    }
}

static void test_calls_that_are_late(void **state)
{
    struct scene *scene = scene_or_skip(state);

    is_late = true;
    entered = 0;
    expect_all(scene, 7);
    assert_int_equal(entered, 3);
    takes = 3;
    is_late = true;
    add_send(scene, 0, "a");
    add_send(scene, 1, "b");
    add_send(scene, 2, "c");
    uring_run(scene->uring);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(scene->calls[i].result, 1);
}

static void test_what_is_sent_first_can_be_received_in_the_same_run(void **state)
{
    struct scene *scene = scene_or_skip(state);

    add_send(scene, 0, "hello");
    scene->calls[1] = (struct uring_call){.fd = scene->far[0], .at = scene->bytes[1], .len = BYTES};
    uring_add(scene->uring, &scene->calls[1]);
    uring_run(scene->uring);
    assert_int_equal(scene->calls[1].result, 5);
    assert_memory_equal(scene->bytes[1], "hello", 5);
}

/* Alone, and beside one that succeeds: the two are made in different ways. */
static void test_failures(void **state)
{
    struct scene *scene = scene_or_skip(state);

    for (size_t others = 0; others < 2; others++) {
        for (size_t i = 10; i < 10 + others; i++)
            add_send(scene, i, "x");
        add_receive(scene, 0);
        uring_run(scene->uring);
        assert_int_equal(scene->calls[0].result, -EAGAIN); /* nothing has come */

        for (size_t i = 10; i < 10 + others; i++)
            add_send(scene, i, "x");
        shutdown(scene->near[1], SHUT_WR);
        add_receive(scene, 1);
        uring_run(scene->uring);
        assert_int_equal(scene->calls[1].result, 0); /* the end */

        for (size_t i = 10; i < 10 + others; i++)
            add_send(scene, i, "x");
        shutdown(scene->far[2], SHUT_RD);
        add_send(scene, 2, "nobody reads this");
        uring_run(scene->uring);
        assert_int_equal(scene->calls[2].result, -EPIPE); /* and no signal */

        for (size_t i = 10; i < 10 + others; i++)
            add_send(scene, i, "x");
        scene->calls[3] = (struct uring_call){.fd = -1, .at = scene->bytes[3], .len = 1};
        uring_add(scene->uring, &scene->calls[3]);
        uring_run(scene->uring);
        assert_int_equal(scene->calls[3].result, -EBADF);
        for (size_t i = 10; i < 10 + others; i++)
            assert_int_equal(scene->calls[i].result, 1);
    }
}

/* A socket that takes no more is told by what it took, and then by -EAGAIN. */
static void test_a_full_socket(void **state)
{
    static char much[1 << 20];
    struct scene *scene = scene_or_skip(state);
    ssize_t taken = 0;

    do {
        scene->calls[0] = (struct uring_call){
            .is_send = true, .fd = scene->near[0], .at = much, .len = sizeof(much)};
        uring_add(scene->uring, &scene->calls[0]);
        add_send(scene, 1, "x");
        uring_run(scene->uring);
        assert_int_equal(scene->calls[1].result, 1);
        taken += scene->calls[0].result > 0 ? scene->calls[0].result : 0;
    } while (scene->calls[0].result >= 0);
    assert_int_equal(scene->calls[0].result, -EAGAIN);
    assert_true(taken > 0 && taken < 64 << 20);
}

static void test_none_to_be_had_is_told(void **state)
{
    struct rlimit old, none;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    none = old;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    struct uring *uring = uring_new();
    int error = errno;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_null(uring);
    assert_true(error != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_call_has_its_own_result, begin, end),
        cmocka_unit_test_setup_teardown(test_one_system_call_for_all, begin, end),
        cmocka_unit_test_setup_teardown(test_the_kernel_takes_none_or_some, begin, end),
        cmocka_unit_test_setup_teardown(test_calls_that_are_late, begin, end),
        cmocka_unit_test_setup_teardown(test_what_is_sent_first_can_be_received_in_the_same_run,
                                        begin, end),
        cmocka_unit_test_setup_teardown(test_failures, begin, end),
        cmocka_unit_test_setup_teardown(test_a_full_socket, begin, end),
        cmocka_unit_test(test_none_to_be_had_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
