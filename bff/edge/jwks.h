/* A JWK Set (RFC 7517): public keys in JSON, each with a name. Identity providers publish them. */
#ifndef BFF_EDGE_JWKS_H
#define BFF_EDGE_JWKS_H

#include "bff/base/text.h"
#include "bff/edge/jwt_key.h"

/*
 * Adds the keys in ${text} that can verify tokens of the algorithms ${allowed}. Other keys are
 * skipped, as the RFC demands: keys of another kind or curve, for encryption, or for an algorithm
 * that is not allowed. Symmetric keys ("oct") are skipped, too: a secret never comes from a JWK
 * Set.
 *
 * Returns 0; or -1 with what is wrong in ${wrong}, and then some keys may have been added. These
 * are wrong: a text that is not a JWK Set, a set without a key to use, and a key for our algorithms
 * that is malformed, too weak or private.
 */
int jwks_read(struct text text, unsigned allowed, struct jwt_keys *keys,
              char wrong[JWT_WRONG_SIZE]);

#endif
