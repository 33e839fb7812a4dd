/* Tests that a timeout of 0 ms runs in the loop's next step, even when the clock was set back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>

#include <cmocka.h>

#include "bff/loop/zero_timeout.h"

static time_t set_back; /* seconds */

/* What libh2o reads. */
int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    *now = (struct timeval){.tv_sec = time.tv_sec - set_back, .tv_usec = time.tv_nsec / 1000};
    return 0;
}

struct entry {
    h2o_timeout_entry_t timeout;
    unsigned runs;
};

static void on_timeout(h2o_timeout_entry_t *timeout)
{
    H2O_STRUCT_FROM_MEMBER(struct entry, timeout, timeout)->runs++;
}

static void test_it_runs_though_the_clock_goes_back(void **state)
{
    h2o_loop_t *loop = h2o_evloop_create();
    struct entry left = {.timeout.cb = on_timeout}, behind = {.timeout.cb = on_timeout};
    h2o_timeout_t soon;

    h2o_timeout_init(loop, &soon, 0);
    h2o_evloop_run(loop, 0);
    h2o_timeout_link(loop, &soon, &left.timeout);
    set_back = 3600;

    h2o_evloop_run(loop, 0);
    assert_int_equal(left.runs, 0); /* so libh2o is as we say; else this is of no use any more */
    h2o_timeout_link(loop, &soon, &behind.timeout);
    zero_timeout_expire(&soon);
    h2o_evloop_run(loop, 60 * 1000); /* and it does not wait first */
    assert_int_equal(left.runs, 1);
    assert_int_equal(behind.runs, 1);

    zero_timeout_expire(&soon); /* nothing is there */
    h2o_timeout_dispose(loop, &soon);
    h2o_evloop_destroy(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_it_runs_though_the_clock_goes_back)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
