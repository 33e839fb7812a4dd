/* Random numbers for ids and jitter. They make unique ids, but they are predictable, so never use
 * them as secrets. Each thread has its own generator. */
#ifndef BFF_BASE_RANDOM_H
#define BFF_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random {
    uint64_t state[2];
};

/* Fills the state with random bytes of the kernel. */
void random_seed(struct random *random);

/* Returns the next number; all 64 bits are used. */
uint64_t random_next(struct random *random);

/* Returns a number less than ${limit}, which is not 0. */
uint32_t random_below(struct random *random, uint32_t limit);

/* Writes ${digits} lower-case hexadecimal digits, not all of them zero. ${digits} is a multiple of
 * 16. */
void random_hex(struct random *random, char *out, size_t digits);

#endif
