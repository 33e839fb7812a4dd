/* Least connections, by the attempts in flight of all workers. */
#include "bff/upstream/balance_field.h"

/* The endpoints with the fewest attempts in flight for their weight. */
static uint64_t least(const struct balance *balance, uint64_t set)
{
    uint64_t best_flight = 0, best_weight = 0, tied = 0;
    unsigned place;

    balance_each (place, set) {
        uint64_t flight = balance_in_flight_at(balance, place);
        uint64_t weight = balance_weight_at(balance, place);
        bool is_first = tied == 0;

        if (is_first || flight * best_weight < best_flight * weight) {
            best_flight = flight;
            best_weight = weight;
            tied = balance_bit(place);
        } else if (flight * best_weight == best_flight * weight) {
            tied |= balance_bit(place);
        }
    }
    return tied;
}

unsigned balance_least(struct balance *balance, const struct balance_field *field)
{
    uint64_t tied = least(balance, field->usable);

    return balance_size(tied) == 1 ? balance_lowest(tied)
                                   : balance_turn_among(balance, field, tied);
}
