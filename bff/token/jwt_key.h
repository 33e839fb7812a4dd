/* Public keys that verify tokens. A key is parsed once, when it is loaded. */
#ifndef BFF_TOKEN_JWT_KEY_H
#define BFF_TOKEN_JWT_KEY_H

#include <stddef.h>

#include <openssl/evp.h>

#include "bff/base/text.h"
#include "bff/token/jwt_algorithm.h"

#define JWT_KEYS_MAX 32
#define JWT_RSA_BITS_MIN 2048
#define JWT_RSA_BITS_MAX 8192
#define JWT_ED25519_BYTES 32 /* a public key (RFC 8032 section 5.1.5) */
#define JWT_WRONG_SIZE 256   /* bytes of a text that says what is wrong */

/* Whom to tell about a key that is left out. ${words} name the key and the reason: "key 2 (kid
 * "b") is malformed". ${left_out} NULL: nobody. */
struct jwt_listener {
    void (*left_out)(void *cookie, const char *words);
    void *cookie;
};

struct jwt_key {
    unsigned algorithms; /* that the key may verify */
    char *kid;           /* the name of the key in its JWK Set; NULL: it has none */
    size_t kid_len;
    EVP_PKEY *public_key;
};

/* All zero: no key. */
struct jwt_keys {
    struct jwt_key rows[JWT_KEYS_MAX];
    size_t count;
};

/*
 * Returns the algorithms that ${public_key} can verify: the algorithms of RSA when its size is
 * allowed, or the algorithm of its curve. Returns 0, and writes the reason to ${wrong}, when there
 * is no such algorithm or when the key is not valid (for example, its point is not on its curve).
 */
unsigned jwt_key_algorithms(EVP_PKEY *public_key, char wrong[JWT_WRONG_SIZE]);

/*
 * Adds ${public_key} and takes over its ownership, even on failure. ${kid} is the name of the key
 * and is copied; absent: the key has no name. Returns 0, or -1 when there are too many keys.
 */
int jwt_keys_add(struct jwt_keys *keys, EVP_PKEY *public_key, unsigned algorithms, struct text kid);

/* Adds all keys of ${from} to ${keys}. Afterwards both own the keys: each is cleared on its own. */
void jwt_keys_share(struct jwt_keys *keys, const struct jwt_keys *from);

/* Frees all keys. Afterwards ${keys} is all zero. */
void jwt_keys_clear(struct jwt_keys *keys);

#endif
