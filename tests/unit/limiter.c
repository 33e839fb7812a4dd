/* Tests of the limiter with the counts in memory: several rules, dry runs, and configurations that
 * follow each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/limit/limiter.h"

#define KEYS 1000
#define FIXED(text, most)                                                                          \
    {                                                                                              \
        .name = {text, sizeof(text) - 1}, .algorithm = LIMIT_FIXED, .window_ms = 900000,           \
        .max = (most)                                                                              \
    }

static struct registry *registry;
static struct limiter *limiter;

static int begin(void **state)
{
    registry = registry_new();
    return 0;
}

static int end(void **state)
{
    limiter_free(limiter);
    limiter = NULL;
    registry_free(registry);
    return 0;
}

static struct limiter *make(struct limit_rule *rows, size_t count)
{
    static struct limit_rules rules;

    rules = (struct limit_rules){rows, count};
    return limiter_new(
        &(struct limiter_settings){.rules = &rules, .keys = KEYS, .registry = registry});
}

/* Asks about a request that matches the first ${count} of ${rules}. Returns the number of the rule
 * that refuses it, counted from 1; 0: it is allowed. */
static size_t ask(const struct limit_rule *rules, size_t count, const char *key,
                  struct limiter_question *question)
{
    struct limit_hit hits[LIMIT_HITS_MAX];

    *question = (struct limiter_question){.hits = hits, .count = count};
    for (size_t i = 0; i < count; i++)
        hits[i] = (struct limit_hit){.rule = &rules[i], .key = text_of(key), .cost = 1};
    assert_int_equal(limiter_ask(limiter, question), LIMITER_DECIDED);
    size_t last = question->counted - 1;
    bool is_refused = question->verdicts[last].is_refused && !rules[last].is_dry_run;
    return is_refused ? last + 1 : 0;
}

static void the_first_rule_that_refuses_ends_the_count(void **state)
{
    struct limit_rule rules[] = {FIXED("api", 3), FIXED("login", 2)};
    struct limiter_question question;

    limiter = make(rules, 2);
    assert_int_equal(ask(rules, 2, "192.0.2.7", &question), 0);
    assert_int_equal(ask(rules, 2, "192.0.2.7", &question), 0);
    assert_int_equal(question.verdicts[0].remaining, 1);
    assert_int_equal(question.verdicts[1].remaining, 0);
    assert_int_equal(ask(rules, 2, "192.0.2.7", &question), 2);
    assert_int_equal(ask(rules, 2, "192.0.2.7", &question), 1);
    assert_int_equal(question.counted, 1);
    assert_int_equal(ask(rules, 2, "192.0.2.8", &question), 0);
}

static void a_dry_run_counts_and_refuses_nothing(void **state)
{
    struct limit_rule rules[] = {FIXED("api", 1), FIXED("login", 2)};
    struct limiter_question question;

    rules[0].is_dry_run = true;
    limiter = make(rules, 2);
    assert_int_equal(ask(rules, 2, "k", &question), 0);
    assert_int_equal(ask(rules, 2, "k", &question), 0);
    assert_true(question.verdicts[0].is_refused);
    assert_int_equal(question.counted, 2);
    assert_int_equal(ask(rules, 2, "k", &question), 2);
}

static void a_calendar_refuses_with_the_shortest_period_that_is_over(void **state)
{
    struct limit_rule rule = {
        .name = TEXT("usage"), .algorithm = LIMIT_CALENDAR, .periods = {0, 5, 2}};
    struct limiter_question question;

    limiter = make(&rule, 1);
    assert_int_equal(ask(&rule, 1, "k", &question), 0);
    assert_int_equal(question.verdicts[0].window_s, 86400);
    assert_int_equal(question.verdicts[0].remaining, 1);
    for (int i = 0; i < 10; i++)
        ask(&rule, 1, "k", &question);
    assert_int_equal(question.verdicts[0].window_s, 86400);
    assert_true(question.verdicts[0].is_refused);
    rule.periods[2] = 1000; /* what the day refused does not count in the hour */
    assert_int_equal(ask(&rule, 1, "k", &question), 0);
    assert_int_equal(question.verdicts[0].remaining, 2);
}

static void counts_outlive_a_configuration_while_the_rule_has_the_same_name(void **state)
{
    struct limit_rule rules[] = {FIXED("api", 3)}, later[] = {FIXED("api", 2)};
    struct limit_rule renamed[] = {FIXED("other", 2)};
    struct limiter_question question;
    struct limiter *first = limiter = make(rules, 1);

    ask(rules, 1, "k", &question);
    ask(rules, 1, "k", &question);
    limiter = make(later, 1);
    assert_int_equal(ask(later, 1, "k", &question), 1);
    limiter_free(first);
    first = limiter;
    limiter = make(renamed, 1);
    assert_int_equal(ask(renamed, 1, "k", &question), 0);
    limiter_free(first);
}

static void every_algorithm_counts_in_memory(void **state)
{
    struct limit_rule rules[] = {
        {.name = TEXT("a"), .algorithm = LIMIT_FIXED, .window_ms = 900000, .max = 2},
        {.name = TEXT("b"), .algorithm = LIMIT_SLIDING, .window_ms = 900000, .max = 2},
        {.name = TEXT("c"), .algorithm = LIMIT_LEAKY, .rate = 1, .burst = 1},
        {.name = TEXT("d"), .algorithm = LIMIT_TOKENS, .rate = 1, .burst = 2},
        {.name = TEXT("e"), .algorithm = LIMIT_CALENDAR, .periods = {0, 0, 2}},
    };
    struct limiter_question question;

    limiter = make(rules, 5);
    for (size_t i = 0; i < 5; i++) {
        struct limit_hit hit = {.rule = &rules[i], .key = TEXT("k"), .cost = 1};
        for (int j = 0; j < 3; j++) {
            question = (struct limiter_question){.hits = &hit, .count = 1};
            assert_int_equal(limiter_ask(limiter, &question), LIMITER_DECIDED);
            assert_int_equal(question.verdicts[0].is_refused, j == 2);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_rule_that_refuses_ends_the_count, begin, end),
        cmocka_unit_test_setup_teardown(a_dry_run_counts_and_refuses_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_calendar_refuses_with_the_shortest_period_that_is_over,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            counts_outlive_a_configuration_while_the_rule_has_the_same_name, begin, end),
        cmocka_unit_test_setup_teardown(every_algorithm_counts_in_memory, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
