/*
 * Weighted rendezvous hashing. Every endpoint gets a score from the key and the endpoint's address,
 * and the highest score wins. When an endpoint is added or removed, the scores of the others stay
 * the same. So only its own keys move.
 */
#include <math.h>

#include "bff/base/hash.h"
#include "bff/upstream/balance_field.h"

/* With equal weights, the largest hash wins. */
static unsigned largest(const struct balance *balance, const struct balance_field *field)
{
    uint64_t highest = 0;
    unsigned place, best = balance_lowest(field->usable);

    balance_each (place, field->usable) {
        uint64_t score = hash_mix(field->key ^ balance->seeds[place]);
        if (score > highest) {
            highest = score;
            best = place;
        }
    }
    return best;
}

/* The hash as a number u between 0 and 1 gives the score -weight / ln(u). Then the probability of
 * the highest score is proportional to the weight. With equal weights, the order of the scores is
 * the order of the hashes. */
static double score_at(const struct balance *balance, const struct balance_field *field,
                       unsigned place)
{
    uint64_t hash = hash_mix(field->key ^ balance->seeds[place]);
    double u = ((double)(hash >> 11) + 0.5) * 0x1p-53;

    return -(double)balance_weight_at(balance, place) / log(u);
}

static unsigned highest(const struct balance *balance, const struct balance_field *field)
{
    double score = 0;
    unsigned place, best = balance_lowest(field->usable);

    balance_each (place, field->usable) {
        double own = score_at(balance, field, place);
        if (own > score) {
            score = own;
            best = place;
        }
    }
    return best;
}

unsigned balance_hash(struct balance *balance, const struct balance_field *field)
{
    if (!field->has_key)
        return balance_turn(balance, field);
    return balance->is_weighted ? highest(balance, field) : largest(balance, field);
}
