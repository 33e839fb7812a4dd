/* See plain_split.h. */
#include <math.h>

#include "bff/base/check.h"
#include "bff/base/hash.h"
#include "bff/base/turns.h"

#include "bff/proxy/plain_split.h"

void plain_split_prepare(struct plain_split *split, struct pool *pool)
{
    unsigned weights[PLAIN_SPLIT_MAX];
    uint8_t *turns;

    must(split->count > 0 && split->count <= PLAIN_SPLIT_MAX);
    for (size_t i = 0; i < split->count; i++)
        weights[i] = split->rows[i].weight;
    split->period = turns_period(weights, split->count);
    turns = pool_take(pool, split->period);
    turns_fill(weights, split->count, turns);
    split->turns = turns;
    split->next = pool_zero(pool, sizeof(*split->next));
    atomic_init(split->next, 0);
}

/* The hash of ${key} for one row, as a number in (0, 1). A service may have two rows with different
 * targets. */
static double chance(uint64_t key, const struct plain_split_row *row)
{
    uint64_t own = hash_text(text_of(row->service->name));
    uint64_t bits = hash_mix(key ^ hash_mix(row->to.at == NULL ? own : own + hash_text(row->to)));

    return ((double)(bits >> 11) + 0.5) / (double)(UINT64_C(1) << 53);
}

/* The service with the least -ln(chance) / weight gets the key. So each service gets its share, and
 * a change of one weight changes the value of that service only. */
size_t plain_split_by_key(const struct plain_split *split, struct text key)
{
    uint64_t hash = hash_text(key);
    size_t best = split->count;
    double least = INFINITY;

    for (size_t i = 0; i < split->count; i++) {
        const struct plain_split_row *row = &split->rows[i];
        double value = row->weight == 0 ? INFINITY : -log(chance(hash, row)) / (double)row->weight;
        if (value < least) {
            least = value;
            best = i;
        }
    }
    must(best < split->count);
    return best;
}

/* The count wraps after 2^64 turns. */
size_t plain_split_by_turn(const struct plain_split *split)
{
    size_t turn = atomic_fetch_add_explicit(split->next, 1, memory_order_relaxed);

    return split->turns[turn % split->period];
}
