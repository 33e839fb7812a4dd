/* See limit_redis_reply.h. Each algorithm gets the state that was in Redis before the request, and
 * counts the request once more. */
#include "bff/limit/limit_calendar.h"
#include "bff/limit/limit_fixed.h"
#include "bff/limit/limit_leaky.h"
#include "bff/limit/limit_redis_reply.h"
#include "bff/limit/limit_redis_script.h"
#include "bff/limit/limit_sliding.h"
#include "bff/limit/limit_tokens.h"

#define US_NS 1000
#define NUMBER_MOST (INT64_C(1) << 52) /* as a time in microseconds: the year 2112 */

/* ${known} has the LIMIT_REDIS_NUMBERS numbers of the hit. */
typedef struct limit_verdict (*algorithm)(const struct limit_hit *hit, const int64_t *known,
                                          const struct limit_now *now);

static struct limit_verdict fixed(const struct limit_hit *hit, const int64_t *known,
                                  const struct limit_now *now)
{
    return limit_fixed_verdict(hit->rule, (uint64_t)known[0], (uint32_t)known[1]);
}

static struct limit_verdict sliding(const struct limit_hit *hit, const int64_t *known,
                                    const struct limit_now *now)
{
    struct limit_verdict verdict;
    uint64_t state = limit_sliding_state(hit->rule, now, (uint64_t)known[0], (uint64_t)known[1]);

    limit_sliding_count(hit->rule, state, now, hit->cost, &verdict);
    return verdict;
}

static struct limit_verdict tokens(const struct limit_hit *hit, const int64_t *known,
                                   const struct limit_now *now)
{
    struct limit_verdict verdict;

    limit_tokens_count(hit->rule, (uint64_t)known[0] * US_NS, now, hit->cost, &verdict);
    return verdict;
}

static struct limit_verdict leaky(const struct limit_hit *hit, const int64_t *known,
                                  const struct limit_now *now)
{
    struct limit_verdict verdict;
    bool is_new = known[1] == 0;
    uint64_t state = is_new ? 0 : limit_state_of(known[1], (uint64_t)known[0]);

    limit_leaky_count(hit->rule, state, now, hit->cost, &verdict);
    return verdict;
}

static struct limit_verdict calendar(const struct limit_hit *hit, const int64_t *known,
                                     const struct limit_now *now)
{
    struct limit_verdict all = {.remaining = UINT32_MAX}, verdict;

    for (size_t i = 0; i < LIMIT_PERIODS && !all.is_refused; i++) {
        if (hit->rule->periods[i] == 0)
            continue;
        uint64_t state = limit_calendar_state(i, now, (uint64_t)known[i]);
        limit_calendar_count(hit->rule, i, state, now, hit->cost, &verdict);
        all = *limit_calendar_tighter(&all, &verdict);
    }
    return all;
}

static const algorithm algorithms[] = {
    [LIMIT_FIXED] = fixed,   [LIMIT_SLIDING] = sliding,   [LIMIT_LEAKY] = leaky,
    [LIMIT_TOKENS] = tokens, [LIMIT_CALENDAR] = calendar,
};

/* Numbers below 0 become 0: another program may count down. Those that are too large are cut, so
 * that no sum with them overflows. */
static int64_t number_of(int64_t integer)
{
    if (integer < 0)
        return 0;
    return integer < NUMBER_MOST ? integer : NUMBER_MOST;
}

/* Reads the integers of ${reply} to ${all}, which has room for ${most}. Returns their number; 0: it
 * is no list of so many integers. */
static size_t read_all(const struct redisReply *reply, int64_t *all, size_t most)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements > most)
        return 0;
    for (size_t i = 0; i < reply->elements; i++) {
        const struct redisReply *one = reply->element[i];
        if (one->type != REDIS_REPLY_INTEGER)
            return 0;
        all[i] = number_of(one->integer);
    }
    return reply->elements;
}

bool limit_redis_reply_read(const struct redisReply *reply, const struct limit_hit *hits,
                            size_t count, struct limit_verdict *verdicts, size_t *counted)
{
    int64_t all[1 + LIMIT_HITS_MAX * LIMIT_REDIS_NUMBERS] = {0};
    size_t had = read_all(reply, all, 1 + count * LIMIT_REDIS_NUMBERS) / LIMIT_REDIS_NUMBERS;
    struct limit_now now = {.ns = all[0] * US_NS, .wall_ms = all[0] * US_NS / CLOCK_MS};

    for (size_t i = 0; i < had; i++) {
        verdicts[i] =
            algorithms[hits[i].rule->algorithm](&hits[i], &all[1 + i * LIMIT_REDIS_NUMBERS], &now);
        *counted = i + 1;
        if (verdicts[i].is_refused && !hits[i].rule->is_dry_run)
            return true;
    }
    return had == count;
}
