/*
 * SipHash-2-4 (Aumasson and Bernstein): a hash of 64 bits with a secret key. Whoever does not know
 * the key cannot find texts with the same hash. So it is for tables whose keys clients choose.
 */
#ifndef BFF_BASE_KEYED_HASH_H
#define BFF_BASE_KEYED_HASH_H

#include <stdint.h>

#include "bff/base/text.h"

struct keyed_hash_key {
    uint64_t words[2];
};

uint64_t keyed_hash(const struct keyed_hash_key *key, struct text text);

/* Fills ${key} with random bytes of the kernel. */
void keyed_hash_new_key(struct keyed_hash_key *key);

#endif
