/* The script of the limits decides in a real redis-server as the counts in memory do. */
#include "bff/limit/limit_memory.h"

#include "tests/unit/limit_redis_stage.h"

static void assert_same(const struct limit_verdict *got, const struct limit_verdict *want,
                        const char *rule, int step)
{
    if (got->is_refused != want->is_refused || got->limit != want->limit ||
        got->remaining != want->remaining || got->window_s != want->window_s ||
        got->reset_ms != want->reset_ms || got->retry_after_ms != want->retry_after_ms ||
        got->delay_ms != want->delay_ms)
        fail_msg("%s, step %d: refused %d, remaining %u, reset %u, retry %u, delay %u instead of "
                 "%d, %u, %u, %u, %u",
                 rule, step, got->is_refused, got->remaining, got->reset_ms, got->retry_after_ms,
                 got->delay_ms, want->is_refused, want->remaining, want->reset_ms,
                 want->retry_after_ms, want->delay_ms);
}

/* The next number of a sequence that is the same in every run. */
static uint32_t chance(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % below;
}

/* The same requests at the same times, in Redis and in memory. */
static void compare(const struct limit_rule *const *rules, size_t count, int64_t most_ms)
{
    struct registry *registry = registry_new();
    struct limit_table *table = limit_table_hold(registry, 1000);
    struct limit_hit hits[LIMIT_HITS_MAX];
    int64_t now_us = START_US;
    uint32_t seed = 7;
    int refused = 0;

    for (int step = 0; step < 400; step++) {
        now_us +=
            (int64_t)chance(&seed, (uint32_t)(chance(&seed, 8) == 0 ? 20 * most_ms : most_ms)) *
            1000;
        struct limit_now now = {.ns = now_us * 1000, .wall_ms = now_us / 1000};
        for (size_t i = 0; i < count; i++)
            hits[i] = (struct limit_hit){rules[i],
                                         chance(&seed, 4) > 0 ? TEXT("k") : TEXT("2001:db8::/64"),
                                         chance(&seed, 5) > 0 ? 1 : 1 + chance(&seed, 3)};
        ask_at(hits, count, now_us);
        for (size_t i = 0; i < counted; i++) {
            struct limit_verdict want;
            limit_memory_count(table, limit_memory_seed(rules[i]), &hits[i], &now, &want);
            assert_same(&verdicts[i], &want, rules[i]->name.at, step);
            refused += want.is_refused;
            assert_int_equal(want.is_refused && !rules[i]->is_dry_run,
                             i + 1 == counted && verdicts[i].is_refused && !rules[i]->is_dry_run);
        }
        if (counted < count)
            assert_true(verdicts[counted - 1].is_refused);
    }
    assert_in_range(refused, 20, 399 * count);
    registry_release(table);
    registry_free(registry);
}

static void each_algorithm_decides_as_in_memory(void **state)
{
    static const struct {
        const struct limit_rule *rule;
        int64_t most_ms;
    } cases[] = {{&fixed, 15000},    {&sliding, 10000}, {&tokens, 2000},   {&leaky, 3000},
                 {&calendar, 12000}, {&tried, 10000},   {&month, 90000000}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin(NULL);
        compare(&cases[i].rule, 1, cases[i].most_ms);
    }
}

static void several_rules_decide_as_in_memory(void **state)
{
    static const struct limit_rule *const rules[] = {&tried,  &calendar, &fixed,
                                                     &tokens, &leaky,    &sliding};

    compare(rules, 6, 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_algorithm_decides_as_in_memory, begin),
        cmocka_unit_test_setup(several_rules_decide_as_in_memory, begin),
    };
    return cmocka_run_group_tests(tests, start, end);
}
