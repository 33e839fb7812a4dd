/* Public keys that verify tokens, parsed once. */
#ifndef BFF_EDGE_JWT_KEY_H
#define BFF_EDGE_JWT_KEY_H

#include <stddef.h>

#include <openssl/evp.h>

#include "bff/base/text.h"
#include "bff/edge/jwt_algorithm.h"

#define JWT_KEYS_MAX 32
#define JWT_RSA_BITS_MIN 2048
#define JWT_RSA_BITS_MAX 8192
#define JWT_WRONG_SIZE 256 /* what is wrong, in words */

struct jwt_key {
    unsigned algorithms; /* those that it can verify */
    char *kid;           /* its name in a JWK Set; NULL: it has none */
    size_t kid_len;
    EVP_PKEY *public_key;
};

/* All zero: none yet. */
struct jwt_keys {
    struct jwt_key rows[JWT_KEYS_MAX];
    size_t count;
};

/*
 * The algorithms that ${public_key} fits: those of RSA when it has a sound size, or the one of its
 * curve. 0 with the reason in ${wrong} when it fits none, or is not valid (a point off its curve).
 */
unsigned jwt_key_algorithms(EVP_PKEY *public_key, char wrong[JWT_WRONG_SIZE]);

/*
 * Adds ${public_key}, which becomes the keys' (also when this fails). ${kid} is copied; absent:
 * none. Returns -1 when there are too many.
 */
int jwt_keys_add(struct jwt_keys *keys, EVP_PKEY *public_key, unsigned algorithms, struct text kid);

/* Adds all keys of ${from}, which keeps them, too. */
void jwt_keys_share(struct jwt_keys *keys, const struct jwt_keys *from);

void jwt_keys_clear(struct jwt_keys *keys);

#endif
