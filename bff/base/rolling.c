/* See rolling.h. */
#include "bff/base/rolling.h"

/* A bucket is one atomic number: 24 bits for the number of its turn, and 20 bits for each count. A
 * bucket whose turn is over counts as empty, and the next addition replaces it. */
#define COUNT_BITS 20
#define COUNT_MAX (((uint64_t)1 << COUNT_BITS) - 1)
#define TURN_MASK (((uint64_t)1 << 24) - 1)

static uint64_t turn_of(uint64_t word) { return word >> (2 * COUNT_BITS); }

static struct rolling_counts counts_of(uint64_t word)
{
    return (struct rolling_counts){(uint32_t)(word >> COUNT_BITS & COUNT_MAX),
                                   (uint32_t)(word & COUNT_MAX)};
}

static uint64_t word_of(uint64_t turn, uint64_t first, uint64_t second)
{
    while (first > COUNT_MAX || second > COUNT_MAX) {
        first /= 2;
        second /= 2;
    }
    return turn << (2 * COUNT_BITS) | first << COUNT_BITS | second;
}

/* Changes the bucket of ${at_ns}. ${changed} gets its word and the number of its turn then, and
 * returns the new word. It may be called several times, because another thread may be faster. */
static void change(struct rolling *rolling, int64_t bucket_ns, int64_t at_ns,
                   struct rolling_counts by,
                   uint64_t (*changed)(uint64_t word, uint64_t turn, struct rolling_counts by))
{
    uint64_t number = (uint64_t)(at_ns / bucket_ns), turn = number & TURN_MASK;
    _Atomic uint64_t *bucket = &rolling->buckets[number % ROLLING_BUCKETS];
    uint64_t before = atomic_load_explicit(bucket, memory_order_relaxed);

    while (!atomic_compare_exchange_weak_explicit(bucket, &before, changed(before, turn, by),
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
}

static uint64_t more(uint64_t word, uint64_t turn, struct rolling_counts by)
{
    struct rolling_counts old = {0, 0};

    if (turn_of(word) == turn)
        old = counts_of(word);
    return word_of(turn, (uint64_t)old.first + by.first, (uint64_t)old.second + by.second);
}

void rolling_add(struct rolling *rolling, int64_t bucket_ns, int64_t now_ns,
                 struct rolling_counts counts)
{
    change(rolling, bucket_ns, now_ns, counts, more);
}

static uint32_t subtract(uint32_t count, uint32_t by) { return count > by ? count - by : 0; }

static uint64_t less(uint64_t word, uint64_t turn, struct rolling_counts by)
{
    struct rolling_counts old = counts_of(word);

    if (turn_of(word) != turn)
        return word;
    return word_of(turn, subtract(old.first, by.first), subtract(old.second, by.second));
}

void rolling_take(struct rolling *rolling, int64_t bucket_ns, int64_t then_ns,
                  struct rolling_counts counts)
{
    change(rolling, bucket_ns, then_ns, counts, less);
}

struct rolling_counts rolling_sum(const struct rolling *rolling, int64_t bucket_ns, int64_t now_ns)
{
    uint64_t number = (uint64_t)(now_ns / bucket_ns);
    struct rolling_counts sum = {0, 0};

    for (uint64_t age = 0; age < ROLLING_BUCKETS && age <= number; age++) {
        uint64_t word = atomic_load_explicit(&rolling->buckets[(number - age) % ROLLING_BUCKETS],
                                             memory_order_relaxed);
        if (turn_of(word) != ((number - age) & TURN_MASK))
            continue;
        sum.first += counts_of(word).first;
        sum.second += counts_of(word).second;
    }
    return sum;
}
