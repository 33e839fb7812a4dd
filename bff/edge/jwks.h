/* A JWK Set (RFC 7517): public keys in JSON, each with a name. Identity providers publish them. */
#ifndef BFF_EDGE_JWKS_H
#define BFF_EDGE_JWKS_H

#include "bff/base/text.h"
#include "bff/edge/jwt_key.h"

/*
 * Adds the keys in ${text} that can verify tokens of the algorithms ${allowed}. Other keys are
 * skipped, as RFC 7517 section 5 recommends: keys of another type or curve, keys for encryption,
 * and keys for an algorithm that is not allowed. Symmetric keys ("oct") are skipped, too, because a
 * secret never comes from a JWK Set.
 *
 * Returns 0; or -1 with the mistake in ${wrong}, and then some keys may have been added. The
 * mistakes are: the text is not a JWK Set, no key of the set can be used, and a key for our
 * algorithms is malformed, too weak or private.
 */
int jwks_read(struct text text, unsigned allowed, struct jwt_keys *keys,
              char wrong[JWT_WRONG_SIZE]);

#endif
