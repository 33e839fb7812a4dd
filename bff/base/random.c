/* See random.h. */
#include <sys/random.h>

#include "bff/base/check.h"
#include "bff/base/random.h"

void random_seed(struct random *random)
{
    must(getrandom(random->state, sizeof(random->state), 0) == sizeof(random->state));
    random->state[0] |= 1; /* an all-zero state would stay so */
}

/* xoroshiro128+ (Blackman and Vigna). */
uint64_t random_next(struct random *random)
{
    uint64_t a = random->state[0], b = random->state[1], sum = a + b;

    b ^= a;
    random->state[0] = ((a << 24) | (a >> 40)) ^ b ^ (b << 16);
    random->state[1] = (b << 37) | (b >> 27);
    return sum;
}

void random_hex(struct random *random, char *out, size_t digits)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < digits; i++, bits >>= 4) {
        if (i % 16 == 0)
            bits = random_next(random) | (i == 0 ? 1 : 0);
        out[i] = "0123456789abcdef"[bits & 15];
    }
}
