/*
 * A hash of 64 bits with a secret: SipHash-1-3 (Aumasson and Bernstein). Who does not know the
 * secret cannot find texts that have the same hash. So it is for tables whose keys come from
 * clients. hash.h is for the others.
 */
#ifndef BFF_BASE_SECRET_HASH_H
#define BFF_BASE_SECRET_HASH_H

#include <stdint.h>

#include "bff/base/text.h"

struct secret_hash {
    uint64_t key[2];
};

/* Makes a new secret from random bytes of the kernel. */
void secret_hash_seed(struct secret_hash *secret);

uint64_t secret_hash_text(const struct secret_hash *secret, struct text text);

#endif
