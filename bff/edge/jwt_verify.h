/*
 * Whether a token's signature is good. There are two functions that share nothing, one for the
 * secret and one for public keys, so that no token can have the wrong kind of key used on it.
 */
#ifndef BFF_EDGE_JWT_VERIFY_H
#define BFF_EDGE_JWT_VERIFY_H

#include <stdbool.h>

#include "bff/edge/jwt.h"
#include "bff/edge/jwt_key.h"

/* A secret, ready for HS*; constant once made. */
struct jwt_secret;

struct jwt_secret *jwt_secret_new(struct text secret);
void jwt_secret_free(struct jwt_secret *secret); /* NULL: nothing */

/* For HS*; any other algorithm is a mistake of ours. Takes the same time for every signature. */
bool jwt_verify_secret(const struct jwt *token, const struct jwt_secret *secret);

/* For RS* and ES*, with a key that fits the token's algorithm; else it is a mistake of ours. */
bool jwt_verify_key(const struct jwt *token, const struct jwt_key *key);

#endif
