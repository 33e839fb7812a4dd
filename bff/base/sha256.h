/* SHA-256 (FIPS 180-4) of a text: for keys that must not tell what they are made of. */
#ifndef BFF_BASE_SHA256_H
#define BFF_BASE_SHA256_H

#include "bff/base/text.h"

#define SHA256_BYTES ((size_t)32)

/* Writes the SHA-256 of ${text} to ${out}. */
void sha256_of(struct text text, unsigned char out[SHA256_BYTES]);

#endif
