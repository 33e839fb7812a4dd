/* See turns.h. */
#include "bff/base/check.h"
#include "bff/base/turns.h"

static unsigned common_divisor(unsigned a, unsigned b)
{
    while (b != 0) {
        unsigned rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static size_t sum_of(const unsigned *weights, size_t count)
{
    size_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += weights[i];
    return sum;
}

size_t turns_period(const unsigned *weights, size_t count)
{
    unsigned divisor = 0;

    for (size_t i = 0; i < count; i++)
        divisor = common_divisor(weights[i], divisor);
    must(divisor > 0);
    return sum_of(weights, count) / divisor;
}

void turns_fill(const unsigned *weights, size_t count, uint8_t *turns)
{
    int64_t values[TURNS_MAX] = {0};
    size_t period = turns_period(weights, count);

    must(count <= TURNS_MAX);
    for (size_t turn = 0; turn < period; turn++) {
        size_t best = 0;
        for (size_t i = 0; i < count; i++) {
            values[i] += weights[i];
            if (values[i] > values[best])
                best = i;
        }
        values[best] -= (int64_t)sum_of(weights, count);
        turns[turn] = (uint8_t)best;
    }
}
