/*
 * Round robin, smooth and weighted as in nginx: weights 5, 1, 1 give a a b a c a a. A period of the
 * sequence is made again when the set of endpoints that are well has changed. The workers count
 * turns together, and a turn is a place in the sequence. So all workers together get the exact
 * sequence, without a lock.
 *
 * An endpoint of the sequence may be full, or be left out by its slow start. Then its turn goes to
 * a random other endpoint, chosen by weight.
 */
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/upstream/balance_field.h"

static unsigned common_divisor(unsigned a, unsigned b)
{
    while (b != 0) {
        unsigned rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Fills ${weights}, by place, with the smallest numbers that have the same proportions. Returns
 * their sum. */
static int reduce(const struct balance *balance, uint64_t set, int weights[SERVICE_ENDPOINTS_MAX])
{
    unsigned divisor = 0, place;
    int sum = 0;

    balance_each (place, set)
        divisor = common_divisor(balance_weight_at(balance, place), divisor);
    balance_each (place, set) {
        weights[place] = (int)(balance_weight_at(balance, place) / divisor);
        sum += weights[place];
    }
    return sum;
}

/* nginx's algorithm: each endpoint gains its weight, the largest value wins, and the winner loses
 * the sum of all weights. After ${sum} steps all values are 0 again. */
static void make(const struct balance *balance, uint64_t set, struct balance_sequence *sequence)
{
    int weights[SERVICE_ENDPOINTS_MAX], values[SERVICE_ENDPOINTS_MAX] = {0};
    int sum = reduce(balance, set, weights);

    if (sequence->capacity < (size_t)sum) {
        sequence->places = memory_grow(sequence->places, (size_t)sum);
        sequence->capacity = (size_t)sum;
    }
    sequence->set = set;
    sequence->length = (size_t)sum;
    for (size_t i = 0; i < sequence->length; i++) {
        unsigned place, best = balance_lowest(set);
        balance_each (place, set) {
            values[place] += weights[place];
            if (values[place] > values[best])
                best = place;
        }
        values[best] -= sum;
        sequence->places[i] = (uint8_t)best;
    }
}

static unsigned next(struct balance *balance, const struct balance_field *field)
{
    struct balance_sequence *sequence = &balance->sequences[field->group];
    uint64_t turn = atomic_fetch_add_explicit(&balance->state->turn, 1, memory_order_relaxed);

    if (sequence->set != field->well)
        make(balance, field->well, sequence);
    must(sequence->length > 0);
    return sequence->places[turn % sequence->length];
}

static unsigned at_random(const struct balance *balance, uint64_t set)
{
    unsigned sum = 0, at, place = balance_lowest(set);

    if (balance_size(set) == 1)
        return place;
    balance_each (place, set)
        sum += balance_weight_at(balance, place);
    at = random_below(balance->random, sum);
    balance_each (place, set) {
        unsigned weight = balance_weight_at(balance, place);
        if (at < weight)
            break;
        at -= weight;
    }
    return place;
}

unsigned balance_turn_among(struct balance *balance, const struct balance_field *field,
                            uint64_t set)
{
    if (!field->is_retry) {
        unsigned place = next(balance, field);
        if ((set & balance_bit(place)) != 0)
            return place;
    }
    return at_random(balance, set);
}

unsigned balance_turn(struct balance *balance, const struct balance_field *field)
{
    return balance_turn_among(balance, field, field->usable);
}
