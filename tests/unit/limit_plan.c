/* Tests of usage plans by a fake clock, in memory and in a real redis-server with a simulated time:
 * burst 200, then 100 in a second, and a quota that counts only what the rate has admitted. */
#include "bff/limit/limit_memory.h"
#include "bff/limit/limit_plan.h"

#include "tests/unit/limit_redis_stage.h"

static const struct api_keys_plan basic = {.name = {"basic", 5},
                                           .rate = 100000,
                                           .burst = 200,
                                           .quota_max = 1000,
                                           .quota_per = API_KEYS_MONTH};

static struct registry *registry;
static struct limit_table *table;
static struct limit_rule rules[2];
static struct limit_hit hits[2];

static int begin_plan(void **state)
{
    begin(NULL);
    registry = registry_new();
    table = limit_table_hold(registry, 1000);
    rules[0] = limit_plan_rate(&basic, pool);
    rules[1] = limit_plan_quota(&basic, pool);
    for (size_t i = 0; i < 2; i++)
        hits[i] = (struct limit_hit){.rule = &rules[i], .key = TEXT("api_key=shop"), .cost = 1};
    return 0;
}

static int end_plan(void **state)
{
    registry_release(table);
    registry_free(registry);
    return 0;
}

typedef void (*store)(size_t count, int64_t now_us);

/* As limiter.c does it: the first hit that refuses ends the count. */
static void in_memory(size_t count, int64_t now_us)
{
    struct limit_now now = {.ns = now_us * 1000, .wall_ms = now_us / 1000};

    for (counted = 0; counted < count; counted++) {
        const struct limit_hit *hit = &hits[counted];
        limit_memory_count(table, limit_memory_seed(hit->rule), hit, &now, &verdicts[counted]);
        if (verdicts[counted].is_refused) {
            counted++;
            return;
        }
    }
}

static void in_redis(size_t count, int64_t now_us) { ask_at(hits, count, now_us); }

static const store stores[] = {in_memory, in_redis};

/* Returns how many of ${requests} are admitted at ${now_us}. */
static int admitted(store count, size_t hit_count, int requests, int64_t now_us)
{
    int good = 0;

    for (int i = 0; i < requests; i++) {
        count(hit_count, now_us);
        good += !verdicts[counted - 1].is_refused;
    }
    return good;
}

static void a_plan_has_a_burst_of_200_and_then_100_in_a_second(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        store count = stores[i];
        assert_int_equal(admitted(count, 1, 300, START_US), 200);
        assert_int_equal(verdicts[0].limit, 200);
        assert_int_equal(verdicts[0].remaining, 0);
        assert_int_equal(verdicts[0].retry_after_ms, 10);
        assert_int_equal(admitted(count, 1, 1, START_US + 9999), 0);
        assert_int_equal(admitted(count, 1, 2, START_US + 10000), 1);
        int good = 0;
        for (int64_t us = 15000; us <= 2010000; us += 5000)
            good += admitted(count, 1, 2, START_US + us);
        assert_int_equal(good, 200);
        assert_int_equal(admitted(count, 1, 300, START_US + 60 * SECOND_US), 200);
    }
}

static void a_quota_counts_what_the_rate_has_admitted(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        store count = stores[i];
        assert_int_equal(admitted(count, 2, 300, START_US), 200);
        assert_int_equal(counted, 1);
        for (int j = 1; j <= 3; j++)
            assert_int_equal(admitted(count, 2, 300, START_US + j * 10 * SECOND_US), 200);
        count(2, START_US + 50 * SECOND_US);
        assert_int_equal(verdicts[1].remaining, 199);
        assert_int_equal(admitted(count, 2, 100, START_US + 50 * SECOND_US), 100);
        assert_int_equal(admitted(count, 2, 150, START_US + 60 * SECOND_US), 99);
        assert_int_equal(counted, 2);
        assert_true(verdicts[1].is_refused);
    }
}

/* START_US is 2023-11-14T22:13:20Z, and November ends 1 388 800 s later. */
static void a_quota_is_whole_again_in_the_next_month(void **state)
{
    int64_t end_us = START_US + 1388800 * SECOND_US;

    for (size_t i = 0; i < 2; i++) {
        store count = stores[i];
        for (int j = 0; j < 5; j++)
            assert_int_equal(admitted(count, 2, 200, START_US + j * 10 * SECOND_US), 200);
        count(2, end_us - SECOND_US);
        assert_true(verdicts[1].is_refused);
        assert_int_equal(verdicts[1].retry_after_ms, 1000);
        assert_int_equal(verdicts[1].window_s, 30 * 86400);
        count(2, end_us);
        assert_false(verdicts[1].is_refused);
        assert_int_equal(verdicts[1].remaining, 999);
        assert_int_equal(verdicts[1].window_s, 31 * 86400);
    }
}

static void a_plan_s_names_are_those_of_no_rate_limit(void **state)
{
    assert_true(text_is(rules[0].name, "plan:basic"));
    assert_true(text_is(rules[1].name, "plan:basic:quota"));
    assert_true(limit_rule_needs_user(&rules[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_plan_has_a_burst_of_200_and_then_100_in_a_second,
                                        begin_plan, end_plan),
        cmocka_unit_test_setup_teardown(a_quota_counts_what_the_rate_has_admitted, begin_plan,
                                        end_plan),
        cmocka_unit_test_setup_teardown(a_quota_is_whole_again_in_the_next_month, begin_plan,
                                        end_plan),
        cmocka_unit_test_setup_teardown(a_plan_s_names_are_those_of_no_rate_limit, begin_plan,
                                        end_plan),
    };
    return cmocka_run_group_tests(tests, start, end);
}
