/* A JWK Set (RFC 7517): public keys in JSON, each with a name. Identity providers publish them. */
#ifndef BFF_TOKEN_JWKS_H
#define BFF_TOKEN_JWKS_H

#include "bff/base/text.h"
#include "bff/token/jwt_key.h"

/*
 * Adds the keys in ${text} that can verify tokens of the algorithms ${allowed}. Other keys are left
 * out (RFC 7517 section 5). A member that is null counts as absent.
 *
 * A key for encryption, or for an algorithm that is not allowed, is left out in silence: it is
 * good, and has another purpose. ${listener} is called for each other key that is left out: a key
 * of an unknown type or curve, a symmetric key ("oct"), and a key that is malformed, too weak or
 * private.
 *
 * Returns 0; or -1 with the mistake in ${wrong}, and then some keys may have been added, and
 * ${listener} has not been called. The mistakes are: the text is not a JWK Set, no key of the set
 * can be used, and there are too many keys.
 */
int jwks_read(struct text text, unsigned allowed, struct jwt_keys *keys,
              const struct jwt_listener *listener, char wrong[JWT_WRONG_SIZE]);

/* Does the same for a set that somebody else makes: when there are too many keys, it keeps the
 * first ones and tells ${listener} of the next one. The rest is not read. */
int jwks_read_first(struct text text, unsigned allowed, struct jwt_keys *keys,
                    const struct jwt_listener *listener, char wrong[JWT_WRONG_SIZE]);

#endif
