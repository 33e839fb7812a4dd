/* See limit_redis_request.h. */
#include "bff/limit/limit_leaky.h"
#include "bff/limit/limit_redis_request.h"
#include "bff/limit/limit_tokens.h"

#define PREFIX TEXT("rate_limit:")
#define NUMBERS                                                                                    \
    ((size_t)1 + LIMIT_REDIS_NUMBERS) /* of a hit: its cost, and those of the algorithm */

static const struct text names[] = {
    [LIMIT_FIXED] = {"fixed", 5},       [LIMIT_SLIDING] = {"sliding", 7},
    [LIMIT_LEAKY] = {"leaky", 5},       [LIMIT_TOKENS] = {"tokens", 6},
    [LIMIT_CALENDAR] = {"calendar", 8},
};

/* Writes the numbers of the algorithm, in the order of the script. */
static void numbers_of(const struct limit_rule *rule, uint64_t out[LIMIT_REDIS_NUMBERS])
{
    switch (rule->algorithm) {
    case LIMIT_FIXED:
    case LIMIT_SLIDING:
        out[0] = rule->window_ms;
        out[1] = rule->max;
        break;
    case LIMIT_TOKENS:
        out[0] = (uint64_t)limit_tokens_time(rule);
        out[1] = rule->burst;
        break;
    case LIMIT_LEAKY:
        out[0] = rule->rate;
        out[1] = (uint64_t)rule->burst * LIMIT_LEAKY_REQUEST;
        break;
    case LIMIT_CALENDAR:
        for (size_t i = 0; i < LIMIT_PERIODS; i++)
            out[i] = rule->periods[i];
        break;
    }
}

static size_t bytes_of(const struct limit_hit *hit)
{
    return PREFIX.len + hit->rule->name.len + 1 + hit->key.len + NUMBERS * TEXT_DIGITS;
}

/* Writes ${text} to ${*at}, and moves ${*at} behind it. */
static struct text put(char **at, struct text text)
{
    struct text copy = {memcpy(*at, text.at, text.len), text.len};

    *at += text.len;
    return copy;
}

static struct text put_number(char **at, uint64_t number)
{
    char digits[TEXT_DIGITS];

    return put(at, text_digits(digits, number));
}

static struct text put_key(char **at, const struct limit_hit *hit)
{
    const char *start = *at;

    put(at, PREFIX);
    put(at, hit->rule->name);
    put(at, TEXT(":"));
    put(at, hit->key);
    return (struct text){start, (size_t)(*at - start)};
}

static void put_arguments(char **at, const struct limit_hit *hit, struct text *arguments)
{
    uint64_t numbers[LIMIT_REDIS_NUMBERS] = {0};

    numbers_of(hit->rule, numbers);
    *arguments++ = names[hit->rule->algorithm];
    *arguments++ = hit->rule->is_dry_run ? TEXT("1") : TEXT("0");
    *arguments++ = put_number(at, hit->cost);
    for (size_t i = 0; i < LIMIT_REDIS_NUMBERS; i++)
        *arguments++ = put_number(at, numbers[i]);
}

struct limit_redis_request limit_redis_request_make(struct pool *pool, const struct limit_hit *hits,
                                                    size_t count)
{
    size_t texts = count * (1 + LIMIT_REDIS_ARGUMENTS) * sizeof(struct text), bytes = texts;

    for (size_t i = 0; i < count; i++)
        bytes += bytes_of(&hits[i]);
    struct text *keys = pool_take(pool, bytes);
    struct limit_redis_request request = {.keys = keys, .arguments = keys + count};
    char *at = (char *)keys + texts;
    for (size_t i = 0; i < count; i++) {
        keys[i] = put_key(&at, &hits[i]);
        put_arguments(&at, &hits[i], &request.arguments[i * LIMIT_REDIS_ARGUMENTS]);
    }
    return request;
}
