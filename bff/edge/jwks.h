/* A JWK Set (RFC 7517): public keys as JSON, each with a name, as identity providers publish them.
 */
#ifndef BFF_EDGE_JWKS_H
#define BFF_EDGE_JWKS_H

#include "bff/base/text.h"
#include "bff/edge/jwt_key.h"

/*
 * Adds the keys in ${text} that can verify tokens of the algorithms ${allowed}. Keys for something
 * else are left out, as the RFC wants: another kind or curve, for encryption, for an algorithm
 * that is not allowed. Symmetric keys ("oct") are among them: a secret never comes from here.
 *
 * Returns -1 with what is wrong in ${wrong}, some keys added or not: no JWK Set, no key to use, or
 * one that is for us but is malformed, too weak or private.
 */
int jwks_read(struct text text, unsigned allowed, struct jwt_keys *keys,
              char wrong[JWT_WRONG_SIZE]);

#endif
