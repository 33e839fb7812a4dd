/* See limit_redis_request.h. */
#include "bff/limit/limit_redis_request.h"
#include "bff/limit/limit_tokens.h"

#define PREFIX TEXT("rate_limit:")
#define REQUEST 1000 /* the excess of one request of a leaky bucket */
#define NUMBERS 4    /* of a hit: its cost, and three of the algorithm */

static const struct text names[] = {
    [LIMIT_FIXED] = {"fixed", 5},       [LIMIT_SLIDING] = {"sliding", 7},
    [LIMIT_LEAKY] = {"leaky", 5},       [LIMIT_TOKENS] = {"tokens", 6},
    [LIMIT_CALENDAR] = {"calendar", 8},
};

/* Writes the numbers of the algorithm, in the order of the script. */
static void numbers_of(const struct limit_rule *rule, uint64_t out[LIMIT_PERIODS])
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
        out[1] = (uint64_t)rule->burst * REQUEST;
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

/* Adds ${number} to ${bytes}, which has room for it. */
static struct text add_number(struct text_builder *bytes, uint64_t number)
{
    size_t start = bytes->len;

    text_builder_size(bytes, number);
    return (struct text){bytes->at + start, bytes->len - start};
}

static struct text add_key(struct text_builder *bytes, const struct limit_hit *hit)
{
    size_t start = bytes->len;

    text_builder_add(bytes, PREFIX);
    text_builder_add(bytes, hit->rule->name);
    text_builder_add(bytes, TEXT(":"));
    text_builder_add(bytes, hit->key);
    return (struct text){bytes->at + start, bytes->len - start};
}

static void add_arguments(struct text_builder *bytes, const struct limit_hit *hit,
                          struct text *arguments)
{
    uint64_t numbers[LIMIT_PERIODS] = {0};

    numbers_of(hit->rule, numbers);
    *arguments++ = names[hit->rule->algorithm];
    *arguments++ = hit->rule->is_dry_run ? TEXT("1") : TEXT("0");
    *arguments++ = add_number(bytes, hit->cost);
    for (size_t i = 0; i < LIMIT_PERIODS; i++)
        *arguments++ = add_number(bytes, numbers[i]);
}

void limit_redis_request_write(struct limit_redis_request *request, const struct limit_hit *hits,
                               size_t count)
{
    size_t bytes = 0;

    for (size_t i = 0; i < count; i++)
        bytes += bytes_of(&hits[i]);
    request->bytes.len = 0;
    text_builder_room(&request->bytes, bytes); /* so that it does not move any more */
    for (size_t i = 0; i < count; i++) {
        request->keys[i] = add_key(&request->bytes, &hits[i]);
        add_arguments(&request->bytes, &hits[i], &request->arguments[i * LIMIT_REDIS_ARGUMENTS]);
    }
}

void limit_redis_request_free(struct limit_redis_request *request)
{
    text_builder_free(&request->bytes);
}
