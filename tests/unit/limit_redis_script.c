/* The script of the limits in a real redis-server: it decides as the counts in memory do, and it
 * survives what other programs leave under its keys. */
#include "bff/limit/limit_memory.h"
#include "bff/limit/limit_redis_reply.h"
#include "bff/limit/limit_redis_request.h"

#include "tests/unit/redis_server.h"

#define SECOND_US INT64_C(1000000)
#define START_US (1700000000 * SECOND_US)
#define ARGUMENTS_MOST (4 + LIMIT_REDIS_HITS_MOST * (1 + LIMIT_REDIS_ARGUMENTS) + 2)

/*
 * Put before the script: it runs with the time of the two last arguments, and keys expire by that
 * time. "at:KEY" is when a key expires.
 */
#define SIMULATED_TIME                                                                             \
    "local real, fake = redis, {}\n"                                                               \
    "local now = ARGV[#ARGV - 1] * 1000 + math.floor(ARGV[#ARGV] / 1000)\n"                        \
    "for _, key in ipairs(KEYS) do\n"                                                              \
    "  local at = tonumber(real.call('GET', 'at:' .. key) or '')\n"                                \
    "  if at and at <= now then real.call('DEL', key, 'at:' .. key) end\n"                         \
    "end\n"                                                                                        \
    "function fake.call(name, ...)\n"                                                              \
    "  if name == 'TIME' then return {ARGV[#ARGV - 1], ARGV[#ARGV]} end\n"                         \
    "  local key, value, _, life = ...\n"                                                          \
    "  if name == 'PTTL' then\n"                                                                   \
    "    local at = real.call('GET', 'at:' .. key)\n"                                              \
    "    return at and at - now or -1\n"                                                           \
    "  end\n"                                                                                      \
    "  if name ~= 'SET' then return real.call(name, ...) end\n"                                    \
    "  real.call('SET', 'at:' .. key, string.format('%.0f', now + life))\n"                        \
    "  return real.call('SET', key, value)\n"                                                      \
    "end\n"                                                                                        \
    "fake.pcall = real.pcall\n"                                                                    \
    "local redis = fake\n"

static const struct limit_rule fixed = {
    .name = {"f", 1}, .algorithm = LIMIT_FIXED, .window_ms = 60000, .max = 5};
static const struct limit_rule sliding = {
    .name = {"s", 1}, .algorithm = LIMIT_SLIDING, .window_ms = 60000, .max = 7};
static const struct limit_rule tokens = {
    .name = {"t", 1}, .algorithm = LIMIT_TOKENS, .rate = 500, .burst = 6};
static const struct limit_rule leaky = {
    .name = {"l", 1}, .algorithm = LIMIT_LEAKY, .rate = 333, .burst = 4, .delay = 2};
static const struct limit_rule calendar = {
    .name = {"c", 1}, .algorithm = LIMIT_CALENDAR, .periods = {6, 0, 500}};
static const struct limit_rule tried = {
    .name = {"d", 1}, .algorithm = LIMIT_TOKENS, .rate = 100, .burst = 3, .is_dry_run = true};

static struct redis_server server;
static struct pool *pool;
static struct limit_verdict verdicts[LIMIT_REDIS_HITS_MOST];
static size_t counted;

static struct redisReply *command(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct redisReply *reply = redisvCommand(server.client, format, arguments);
    va_end(arguments);
    assert_non_null(reply);
    return reply;
}

static int begin(void **state)
{
    freeReplyObject(command("FLUSHALL"));
    return 0;
}

static int start(void **state)
{
    redis_server_start(&server);
    pool = pool_new();
    return 0;
}

static int end(void **state)
{
    redis_server_end(&server);
    pool_free(pool);
    return 0;
}

static size_t put(struct text *texts, size_t count, struct text text)
{
    texts[count] = text;
    return count + 1;
}

/* Runs ${script} for ${hits}, with two more arguments. */
static struct redisReply *run(struct text script, const struct limit_hit *hits, size_t count,
                              struct text seconds, struct text us)
{
    struct text texts[ARGUMENTS_MOST];
    const char *at[ARGUMENTS_MOST];
    size_t lengths[ARGUMENTS_MOST], all = 0;
    char digits[TEXT_DIGITS];
    struct limit_redis_request request = limit_redis_request_make(pool, hits, count);

    all = put(texts, all, TEXT("EVAL"));
    all = put(texts, all, script);
    all = put(texts, all, text_digits(digits, count));
    for (size_t i = 0; i < count; i++)
        all = put(texts, all, request.keys[i]);
    for (size_t i = 0; i < count * LIMIT_REDIS_ARGUMENTS; i++)
        all = put(texts, all, request.arguments[i]);
    all = put(texts, all, seconds);
    all = put(texts, all, us);
    for (size_t i = 0; i < all; i++) {
        at[i] = texts[i].at;
        lengths[i] = texts[i].len;
    }
    return redisCommandArgv(server.client, (int)all, at, lengths);
}

/* The verdicts of Redis at the time ${now_us}. */
static void ask_at(const struct limit_hit *hits, size_t count, int64_t now_us)
{
    static char script[8192];
    char seconds[TEXT_DIGITS], us[TEXT_DIGITS];

    snprintf(script, sizeof(script), "%s%s", SIMULATED_TIME, limit_redis_script.at);
    struct redisReply *reply =
        run(text_of(script), hits, count, text_digits(seconds, (uint64_t)(now_us / SECOND_US)),
            text_digits(us, (uint64_t)(now_us % SECOND_US)));
    if (!limit_redis_reply_read(reply, hits, count, verdicts, &counted))
        fail_msg("no verdicts: %s", reply->type == REDIS_REPLY_ERROR ? reply->str : "?");
    freeReplyObject(reply);
}

/* The verdict of Redis now. */
static struct limit_verdict ask(const struct limit_rule *rule)
{
    struct limit_hit hit = {.rule = rule, .key = TEXT("k"), .cost = 1};
    struct redisReply *reply = run(limit_redis_script, &hit, 1, TEXT(""), TEXT(""));

    if (!limit_redis_reply_read(reply, &hit, 1, verdicts, &counted))
        fail_msg("no verdict: %s", reply->type == REDIS_REPLY_ERROR ? reply->str : "?");
    freeReplyObject(reply);
    return verdicts[0];
}

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
    struct limit_hit hits[LIMIT_REDIS_HITS_MOST];
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
    } cases[] = {{&fixed, 15000}, {&sliding, 10000},  {&tokens, 2000},
                 {&leaky, 3000},  {&calendar, 12000}, {&tried, 10000}};

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
    } rules[] = {{&fixed, 5}, {&sliding, 7}, {&tokens, 6}, {&leaky, 5}, {&calendar, 6}};

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
    static const char *const commands[] = {"PING", "GET nothing", "EVAL %s 0", "EVAL %s 0"};
    static const char *const scripts[] = {"", "", "return {1, 2}", "return {0, 1, 'two', 3}"};
    struct limit_hit hits[] = {{.rule = &fixed, .key = TEXT("k"), .cost = 1},
                               {.rule = &fixed, .key = TEXT("k"), .cost = 1}};

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        struct redisReply *reply = command(commands[i], scripts[i]);
        assert_false(limit_redis_reply_read(reply, hits, 1, verdicts, &counted));
        freeReplyObject(reply);
    }
    struct redisReply *reply = command("EVAL %s 0", "return {0, 1, 60000, 0}");
    assert_true(limit_redis_reply_read(reply, hits, 1, verdicts, &counted));
    assert_false(limit_redis_reply_read(reply, hits, 2, verdicts, &counted)); /* nobody refused */
    freeReplyObject(reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_algorithm_decides_as_in_memory, begin),
        cmocka_unit_test_setup(several_rules_decide_as_in_memory, begin),
        cmocka_unit_test_setup(what_other_programs_leave_counts_as_nothing, begin),
        cmocka_unit_test_setup(times_and_counts_that_cannot_be_are_not_believed, begin),
        cmocka_unit_test_setup(a_counter_that_was_counted_down_allows_more, begin),
        cmocka_unit_test_setup(a_fixed_window_has_the_value_of_rate_limit_redis, begin),
        cmocka_unit_test_setup(every_key_expires, begin),
        cmocka_unit_test_setup(an_error_of_a_command_is_an_error_of_the_script, begin),
        cmocka_unit_test_setup(a_full_server_refuses_the_whole_script, begin),
        cmocka_unit_test_setup(other_replies_are_not_verdicts, begin),
    };
    return cmocka_run_group_tests(tests, start, end);
}
