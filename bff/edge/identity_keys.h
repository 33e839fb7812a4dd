/* The keys of our own tokens: the one that signs, and the public key set that services verify with.
 * They do not change, and all workers share them. */
#ifndef BFF_EDGE_IDENTITY_KEYS_H
#define BFF_EDGE_IDENTITY_KEYS_H

#include "bff/base/text.h"
#include "bff/edge/identity_settings.h"
#include "bff/token/sign.h"

struct identity_keys;

/*
 * Reads and checks the keys of ${settings}, and copies what it needs of the rest. Returns NULL when
 * something is wrong. Then ${*wrong} says what, with the name of the file: "login.key: has no
 * private key in PEM form". It never has a part of a key, and is valid until the next call.
 */
struct identity_keys *identity_keys_new(const struct identity_settings *settings,
                                        const char **wrong);
void identity_keys_free(struct identity_keys *keys); /* NULL: does nothing */

/* The JWK Set of the key that signs and of the previous keys, in this order. */
struct text identity_keys_set(const struct identity_keys *keys);

/* The ETag of the set, with its quotes. */
struct text identity_keys_etag(const struct identity_keys *keys);

const struct sign *identity_keys_sign(const struct identity_keys *keys);

/* The settings, without the names of files. */
const struct identity_settings *identity_keys_settings(const struct identity_keys *keys);

#endif
