/*
 * Turns by weights, in the smooth sequence of nginx: weights 5, 1, 1 give a a b a c a a. Each row
 * gains its weight, the largest value wins, and the winner loses the sum of all weights. After a
 * period all values are 0 again, so the sequence repeats.
 */
#ifndef BFF_BASE_TURNS_H
#define BFF_BASE_TURNS_H

#include <stddef.h>
#include <stdint.h>

#define TURNS_MAX 64 /* rows */

/* Returns the number of turns after which the sequence repeats: the sum of the ${count} weights,
 * divided by their greatest common divisor. A row with the weight 0 gets no turn. Not all weights
 * may be 0. */
size_t turns_period(const unsigned *weights, size_t count);

/* Writes the index of a row for each turn of one period to ${turns}. */
void turns_fill(const unsigned *weights, size_t count, uint8_t *turns);

#endif
