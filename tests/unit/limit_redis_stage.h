/* The script of the limits in a real redis-server: rules, and functions that ask about them. */
#ifndef TESTS_UNIT_LIMIT_REDIS_STAGE_H
#define TESTS_UNIT_LIMIT_REDIS_STAGE_H

#include "bff/limit/limit_redis_reply.h"
#include "bff/limit/limit_redis_request.h"

#include "tests/unit/redis_server.h"

#define SECOND_US INT64_C(1000000)
#define START_US (1700000000 * SECOND_US)
#define ARGUMENTS_MOST (4 + LIMIT_HITS_MAX * (1 + LIMIT_REDIS_ARGUMENTS) + 2)

/*
 * Lua that is put before the script. Then the script takes the time from its last two arguments,
 * and keys expire by that time. "at:KEY" is when a key expires.
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
static const struct limit_rule month = {
    .name = {"m", 1}, .algorithm = LIMIT_CALENDAR, .periods = {0, 0, 0, 9, 20}};
static const struct limit_rule tried = {
    .name = {"d", 1}, .algorithm = LIMIT_TOKENS, .rate = 100, .burst = 3, .is_dry_run = true};

static struct redis_server server;
static struct pool *pool;
static struct limit_verdict verdicts[LIMIT_HITS_MAX];
static size_t counted;

static inline struct redisReply *command(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct redisReply *reply = redisvCommand(server.client, format, arguments);
    va_end(arguments);
    assert_non_null(reply);
    return reply;
}

static inline int begin(void **state)
{
    freeReplyObject(command("FLUSHALL"));
    return 0;
}

static inline int start(void **state)
{
    redis_server_start(&server);
    pool = pool_new();
    return 0;
}

static inline int end(void **state)
{
    redis_server_end(&server);
    pool_free(pool);
    return 0;
}

static inline size_t put(struct text *texts, size_t count, struct text text)
{
    texts[count] = text;
    return count + 1;
}

/* Runs ${script} for ${hits}, with two more arguments. */
static inline struct redisReply *run(struct text script, const struct limit_hit *hits, size_t count,
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
static inline void ask_at(const struct limit_hit *hits, size_t count, int64_t now_us)
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
static inline struct limit_verdict ask(const struct limit_rule *rule)
{
    struct limit_hit hit = {.rule = rule, .key = TEXT("k"), .cost = 1};
    struct redisReply *reply = run(limit_redis_script, &hit, 1, TEXT(""), TEXT(""));

    if (!limit_redis_reply_read(reply, &hit, 1, verdicts, &counted))
        fail_msg("no verdict: %s", reply->type == REDIS_REPLY_ERROR ? reply->str : "?");
    freeReplyObject(reply);
    return verdicts[0];
}

#endif
