/* The public keys of the operator: reads their files, and chooses keys for a token. */
#ifndef BFF_EDGE_LOGIN_KEYS_H
#define BFF_EDGE_LOGIN_KEYS_H

#include <stdbool.h>

#include "bff/token/jwt.h"
#include "bff/token/jwt_key.h"

/*
 * Adds the keys in ${file}: a PEM public key, a PEM certificate or a JWK Set. A byte order mark at
 * its beginning is skipped. ${listener} is called for keys of a set that are left out (jwks.h).
 * Returns 0; or -1 with the mistake in ${wrong}, when the file cannot be read or has no key for the
 * algorithms ${allowed}.
 */
int login_keys_read(struct jwt_keys *keys, const char *file, unsigned allowed,
                    const struct jwt_listener *listener, char wrong[JWT_WRONG_SIZE]);

/*
 * True when one of the keys for the token's algorithm verifies its signature. If the token has a
 * `kid`, only keys with that name are tried. If it has no `kid`, a key with a name is tried only
 * when it is the only key for the algorithm. Keys without a name (from PEM files) are tried for
 * every token.
 */
bool login_keys_verify(const struct jwt_keys *keys, const struct jwt *token);

/* Returns whether there is a key that login_keys_verify tries for ${token}. */
bool login_keys_has(const struct jwt_keys *keys, const struct jwt *token);

#endif
