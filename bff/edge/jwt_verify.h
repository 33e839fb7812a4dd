/*
 * Whether a token's signature is good. There are two functions that share nothing, one for the
 * secret and one for public keys. So a token is never checked with the wrong kind of key.
 */
#ifndef BFF_EDGE_JWT_VERIFY_H
#define BFF_EDGE_JWT_VERIFY_H

#include <stdbool.h>

#include "bff/edge/jwt.h"
#include "bff/edge/jwt_key.h"

/* A secret, prepared for HS*. It is constant after it was made. */
struct jwt_secret;

struct jwt_secret *jwt_secret_new(struct text secret);
void jwt_secret_free(struct jwt_secret *secret); /* NULL: nothing */

/* For HS*; a call for another algorithm is a mistake in this program. It takes the same time for
 * every signature. */
bool jwt_verify_secret(const struct jwt *token, const struct jwt_secret *secret);

/* For RS* and ES*, with a key for the token's algorithm; a call with another key is a mistake in
 * this program. */
bool jwt_verify_key(const struct jwt *token, const struct jwt_key *key);

#endif
