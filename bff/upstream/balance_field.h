/*
 * The endpoints among which one pick chooses, and the algorithms. This header is for the files of
 * balance only.
 */
#ifndef BFF_UPSTREAM_BALANCE_FIELD_H
#define BFF_UPSTREAM_BALANCE_FIELD_H

#include <stdint.h>

#include "bff/upstream/balance.h"

struct balance_field {
    enum balance_group group;
    uint64_t well;   /* those of the group that are well or used as if they were well */
    uint64_t usable; /* those that may be chosen now; empty only when no endpoint is usable */
    uint64_t full;   /* of both groups: those that are not usable only because they are full */
    uint64_t key;    /* the hash of the question's key */
    int64_t now_ns;
    bool has_key;
    bool is_retry; /* the question has ${except}; balance_pick sets it */
    bool is_panic; /* all endpoints of the group are used as if they were well */
};

/* Finds the field of ${question}. */
void balance_field_find(const struct balance *balance, const struct balance_question *question,
                        struct balance_field *field);

/* Removes some of the endpoints that are in their slow start from field->usable. At least one
 * endpoint stays. */
void balance_field_slow_start(const struct balance *balance, struct balance_field *field);

/* The algorithms. Each returns the place of one of field->usable, which must not be empty. */
unsigned balance_turn(struct balance *balance, const struct balance_field *field);
unsigned balance_least(struct balance *balance, const struct balance_field *field);
unsigned balance_hash(struct balance *balance, const struct balance_field *field);
unsigned balance_two(struct balance *balance, const struct balance_field *field);

/* Round robin among ${set}, a part of field->usable. */
unsigned balance_turn_among(struct balance *balance, const struct balance_field *field,
                            uint64_t set);

/* Sets of places. */

static inline uint64_t balance_bit(unsigned place) { return (uint64_t)1 << place; }

/* The lowest place of ${set}, which must not be empty. */
static inline unsigned balance_lowest(uint64_t set) { return (unsigned)__builtin_ctzll(set); }

static inline unsigned balance_size(uint64_t set) { return (unsigned)__builtin_popcountll(set); }

/* The place number ${number}, from 0, of ${set}, which must have so many. */
static inline unsigned balance_nth(uint64_t set, unsigned number)
{
    while (number-- > 0)
        set &= set - 1;
    return balance_lowest(set);
}

#define balance_each(place, set)                                                                   \
    for (uint64_t left_ = (set); left_ != 0 && ((place) = balance_lowest(left_), true);            \
         left_ &= left_ - 1)

static inline struct endpoint_state *balance_state_at(const struct balance *balance, unsigned place)
{
    return balance->by_place[place]->endpoint->state;
}

/* The weight of the endpoint at ${place}, at least 1. */
static inline unsigned balance_weight_at(const struct balance *balance, unsigned place)
{
    unsigned weight = balance->by_place[place]->at->weight;

    return weight == 0 ? 1 : weight;
}

/* Returns how many attempts of all workers are under way at the endpoint at ${place}. */
static inline unsigned balance_in_flight_at(const struct balance *balance, unsigned place)
{
    return atomic_load_explicit(&balance_state_at(balance, place)->in_flight, memory_order_relaxed);
}

#endif
