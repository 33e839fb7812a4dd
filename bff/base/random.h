/* Random numbers for ids and jitter: unique, not secret. One source for each thread. */
#ifndef BFF_BASE_RANDOM_H
#define BFF_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random {
    uint64_t state[2];
};

void random_seed(struct random *random);
uint64_t random_next(struct random *random);

/* Writes ${digits} lower-case hexadecimal digits, a multiple of 16, not all of them zero. */
void random_hex(struct random *random, char *out, size_t digits);

#endif
