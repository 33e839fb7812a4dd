/* See random.h. */
#include <string.h>
#include <sys/random.h>

#include "bff/base/check.h"
#include "bff/base/random.h"

void random_seed(struct random *random)
{
    must(getrandom(random->state, sizeof(random->state), 0) == sizeof(random->state));
    random->state[0] |= 1; /* a state of zeros would stay zero */
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

uint32_t random_below(struct random *random, uint32_t limit)
{
    return (uint32_t)((random_next(random) >> 32) * limit >> 32);
}

/* Returns the hexadecimal digits of ${bits}, in some order, as the bytes of a word. */
static uint64_t eight_digits(uint32_t bits)
{
    const uint64_t each = 0x0101010101010101u;
    uint64_t half = bits;

    half = (half | half << 16) & 0x0000ffff0000ffffu;
    half = (half | half << 8) & 0x00ff00ff00ff00ffu;
    half = (half | half << 4) & 0x0f0f0f0f0f0f0f0fu;
    uint64_t is_letter = (half + 6 * each) >> 4 & each;
    return half + '0' * each + is_letter * ('a' - '0' - 10);
}

void random_hex(struct random *random, char *out, size_t digits)
{
    must(digits % 16 == 0);
    for (size_t i = 0; i < digits; i += 16) {
        uint64_t bits = random_next(random) | (i == 0);
        uint64_t first = eight_digits((uint32_t)bits), then = eight_digits((uint32_t)(bits >> 32));
        memcpy(out + i, &first, sizeof(first));
        memcpy(out + i + 8, &then, sizeof(then));
    }
}
