/* Tests of the pace of an event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/base/clock.h"
#include "bff/base/log_pace.h"

static void test_an_event_is_due_once_in_a_minute(void **state)
{
    struct log_pace pace = {0};

    assert_true(log_pace_is_due(&pace));
    assert_false(log_pace_is_due(&pace));
    atomic_store(&pace.last_ns, clock_now_ns() - LOG_PACE_S * CLOCK_S);
    assert_true(log_pace_is_due(&pace));
    assert_false(log_pace_is_due(&pace));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_an_event_is_due_once_in_a_minute)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
