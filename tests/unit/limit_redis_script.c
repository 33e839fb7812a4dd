/* The script of the limits in a real redis-server, under keys to which other programs have written,
 * and with errors of the server. */
#include "tests/unit/limit_redis_stage.h"

/* How many requests are allowed until one is refused. */
static int allowed(const struct limit_rule *rule)
{
    struct limit_hit hit = {.rule = rule, .key = TEXT("k"), .cost = 1};

    for (int count = 0; count < 50; count++) {
        if (rule->algorithm == LIMIT_FIXED)
            ask(rule);
        else
            ask_at(&hit, 1, START_US);
        if (verdicts[0].is_refused)
            return count;
    }
    return -1;
}

static void what_other_programs_leave_counts_as_nothing(void **state)
{
    static const char *const others[] = {
        "SET %s 3",
        "SET %s -5",
        "SET %s text EX 50",
        "SET %s 9223372036854775807 EX 50",
        "SET %s 99999999999999999999999 EX 50",
        "SET %s 3 EX 5000",
        "SET %s s EX 50",
        "SET %s l EX 50",
        "LPUSH %s 1",
        "HSET %s a 1",
        "SADD %s 1",
        "ZADD %s 1 a",
        "XADD %s 1-1 a b",
        "SETBIT %s 5000 1",
    };
    static const struct {
        const struct limit_rule *rule;
        int most;
    } rules[] = {{&fixed, 5}, {&sliding, 7},  {&tokens, 6},
                 {&leaky, 5}, {&calendar, 6}, {&month, 9}};

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        for (size_t j = 0; j < sizeof(rules) / sizeof(rules[0]); j++) {
            char key[64];
            snprintf(key, sizeof(key), "rate_limit:%s:k", rules[j].rule->name.at);
            begin(NULL);
            freeReplyObject(command(others[i], key));
            int count = allowed(rules[j].rule);
            if (count != rules[j].most)
                fail_msg("%s, after %s: %d allowed", rules[j].rule->name.at, others[i], count);
        }
}

static void times_and_counts_that_cannot_be_are_not_believed(void **state)
{
    static const struct {
        const struct limit_rule *rule;
        const char *value;
        int most;
    } cases[] = {
        {&sliding, "s 99999999 7 7", 7},
        {&sliding, "s 28333333 999999999999999999999999 0", 2},
        {&tokens, "t 99999999999999999999", 6},
        {&tokens, "t 1700000100000000", 6},
        {&leaky, "l 99999999 99999999999999", 5},
        {&leaky, "l 999999999999999999999 1700000000000", 0},
        {&calendar, "c 99 99 999 99999999999999", 6},
        {&calendar, "c 99 99 999 1500000000000", 6},
        {&month, "c 0 0 0 1700000000000 8 1", 1},
        {&month, "c 0 0 0 1700000000000 1 18", 2},
        {&month, "c 0 0 0 1700000000000", 9},
        {&month, "c 0 0 0 99999999999999 9 9", 9},
        {&month, "c 0 0 0 999999999999999999999999999999 9 9", 9},
        {&month, "c 0 0 0 1500000000000 9 9", 9},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin(NULL);
        freeReplyObject(command("SET rate_limit:%s:k %s", cases[i].rule->name.at, cases[i].value));
        int count = allowed(cases[i].rule);
        if (count != cases[i].most)
            fail_msg("%s: %d allowed", cases[i].value, count);
    }
}

static void a_counter_that_was_counted_down_allows_more(void **state)
{
    freeReplyObject(command("SET rate_limit:f:k -2 PX 60000"));
    assert_int_equal(allowed(&fixed), 7);
}

static long long integer(const char *format)
{
    struct redisReply *reply = command(format);
    long long value = reply->integer;

    freeReplyObject(reply);
    return value;
}

static void a_fixed_window_has_the_value_of_rate_limit_redis(void **state)
{
    for (int i = 1; i <= 7; i++) {
        assert_int_equal(ask(&fixed).is_refused, i > 5);
        struct redisReply *reply = command("GET rate_limit:f:k");
        assert_int_equal(atoi(reply->str), i);
        freeReplyObject(reply);
    }
    assert_in_range(integer("PTTL rate_limit:f:k"), 1, 60000);
}

static void every_key_expires(void **state)
{
    static const struct limit_rule *const rules[] = {&fixed, &sliding, &tokens, &leaky, &calendar};

    for (size_t i = 0; i < 5; i++)
        ask(rules[i]);
    assert_in_range(integer("PTTL rate_limit:f:k"), 1, 60000);
    assert_in_range(integer("PTTL rate_limit:s:k"), 1, 120000);
    assert_in_range(integer("PTTL rate_limit:t:k"), 1, 2000);
    assert_in_range(integer("PTTL rate_limit:l:k"), 1, 3004);
    assert_in_range(integer("PTTL rate_limit:c:k"), 1, 86400000);
}

/* Then the counts in memory decide: otherwise the limit would be off. */
static void an_error_of_a_command_is_an_error_of_the_script(void **state)
{
    static const char *const denied[] = {"-get", "-set", "-incrby", "-pttl", "-evalsha -eval"};
    static const struct limit_rule *const rules[] = {&tokens, &tokens, &fixed, &fixed, &fixed};
    struct limit_hit hit = {.key = TEXT("k"), .cost = 1};

    for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++) {
        hit.rule = rules[i];
        ask(hit.rule);
        char text[128];
        snprintf(text, sizeof(text), "ACL SETUSER default %s", denied[i]);
        freeReplyObject(command(text));
        struct redisReply *reply = run(limit_redis_script, &hit, 1, TEXT(""), TEXT(""));
        assert_false(limit_redis_reply_read(reply, &hit, 1, verdicts, &counted));
        assert_int_equal(reply->type, REDIS_REPLY_ERROR);
        freeReplyObject(reply);
        freeReplyObject(command("ACL SETUSER default +@all"));
    }
}

static void a_full_server_refuses_the_whole_script(void **state)
{
    struct limit_hit hits[] = {{.rule = &tokens, .key = TEXT("k"), .cost = 1},
                               {.rule = &fixed, .key = TEXT("k"), .cost = 1}};

    freeReplyObject(command("CONFIG SET maxmemory 1"));
    struct redisReply *reply = run(limit_redis_script, hits, 2, TEXT(""), TEXT(""));
    assert_false(limit_redis_reply_read(reply, hits, 2, verdicts, &counted));
    freeReplyObject(reply);
    freeReplyObject(command("CONFIG SET maxmemory 0"));
    assert_int_equal(integer("DBSIZE"), 0);
}

static void other_replies_are_not_verdicts(void **state)
{
    static const char *const scripts[] = {"return 'PONG'", "return false", "return {1, 2}",
                                          "return {0, 1, 'two', 3}", "return {}"};
    struct limit_hit hits[] = {{.rule = &fixed, .key = TEXT("k"), .cost = 1},
                               {.rule = &fixed, .key = TEXT("k"), .cost = 1}};

    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        struct redisReply *reply = command("EVAL %s 0", scripts[i]);
        assert_false(limit_redis_reply_read(reply, hits, 1, verdicts, &counted));
        freeReplyObject(reply);
    }
    struct redisReply *reply = command("EVAL %s 0", "return {0, 1, 60000, 0, 0, 0}");
    assert_true(limit_redis_reply_read(reply, hits, 1, verdicts, &counted));
    assert_false(limit_redis_reply_read(reply, hits, 2, verdicts, &counted)); /* nobody refused */
    freeReplyObject(reply);
}

static void numbers_that_no_script_sends_break_nothing(void **state)
{
    static const struct limit_rule *const rules[] = {&fixed, &sliding,  &tokens,
                                                     &leaky, &calendar, &month};
    static const char *const scripts[] = {"local n = 9.2e18 return {n, n, n, n, n, n}",
                                          "local n = 9.2e18 return {0, n, n, n, n, n}",
                                          "local n = -9.2e18 return {n, n, n, n, n, n}"};
    struct limit_hit hit = {.key = TEXT("k"), .cost = 1};

    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        struct redisReply *reply = command("EVAL %s 0", scripts[i]);
        for (size_t j = 0; j < sizeof(rules) / sizeof(rules[0]); j++) {
            hit.rule = rules[j];
            assert_true(limit_redis_reply_read(reply, &hit, 1, verdicts, &counted));
            assert_true(verdicts[0].remaining <= verdicts[0].limit);
        }
        freeReplyObject(reply);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_other_programs_leave_counts_as_nothing, begin),
        cmocka_unit_test_setup(times_and_counts_that_cannot_be_are_not_believed, begin),
        cmocka_unit_test_setup(a_counter_that_was_counted_down_allows_more, begin),
        cmocka_unit_test_setup(a_fixed_window_has_the_value_of_rate_limit_redis, begin),
        cmocka_unit_test_setup(every_key_expires, begin),
        cmocka_unit_test_setup(an_error_of_a_command_is_an_error_of_the_script, begin),
        cmocka_unit_test_setup(a_full_server_refuses_the_whole_script, begin),
        cmocka_unit_test_setup(other_replies_are_not_verdicts, begin),
        cmocka_unit_test_setup(numbers_that_no_script_sends_break_nothing, begin),
    };
    return cmocka_run_group_tests(tests, start, end);
}
