/*
 * A digest of 64 bits over bytes that come in pieces: equal bytes have equal digests, however they
 * are cut. It is the same in all processes and on all machines, so that several servers agree.
 *
 * It tells versions of a document apart, and is not made for secrets: two texts have the same
 * digest by chance about once in 2^64. Somebody who may choose both texts can find such a pair.
 * Never use it where this does harm.
 */
#ifndef BFF_BASE_DIGEST_H
#define BFF_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

#define DIGEST_BLOCK ((size_t)32)

struct digest {
    uint64_t lanes[2];
    uint64_t bytes;
    char kept[DIGEST_BLOCK]; /* the first ${bytes} % DIGEST_BLOCK bytes wait for a whole block */
};

void digest_init(struct digest *digest);

void digest_add(struct digest *digest, struct text bytes);

/* Returns the digest of all bytes so far. More bytes may be added later. */
uint64_t digest_now(const struct digest *digest);

#endif
