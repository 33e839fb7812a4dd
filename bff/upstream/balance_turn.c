/*
 * Round robin, smooth and weighted (turns.h). A period of the sequence is made again when the set
 * of endpoints that are well has changed. The workers count turns together, and a turn is a place
 * in the sequence. So all workers together get the exact sequence, without a lock.
 *
 * An endpoint of the sequence may be full, or be left out by its slow start. Then its turn goes to
 * a random other endpoint, chosen by weight.
 */
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/turns.h"
#include "bff/upstream/balance_field.h"

static void make(const struct balance *balance, uint64_t set, struct balance_sequence *sequence)
{
    unsigned weights[SERVICE_ENDPOINTS_MAX] = {0}, place;

    balance_each (place, set)
        weights[place] = balance_weight_at(balance, place);
    sequence->set = set;
    sequence->length = turns_period(weights, SERVICE_ENDPOINTS_MAX);
    if (sequence->capacity < sequence->length) {
        sequence->places = memory_grow(sequence->places, sequence->length);
        sequence->capacity = sequence->length;
    }
    turns_fill(weights, SERVICE_ENDPOINTS_MAX, sequence->places);
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
