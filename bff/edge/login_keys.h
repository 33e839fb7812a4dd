/* The operator's public keys: reading their files, and choosing among them for a token. */
#ifndef BFF_EDGE_LOGIN_KEYS_H
#define BFF_EDGE_LOGIN_KEYS_H

#include <stdbool.h>

#include "bff/edge/jwt.h"
#include "bff/edge/jwt_key.h"

/*
 * Adds what is in ${file}: a PEM public key, a PEM certificate or a JWK Set. Returns -1 with what
 * is wrong in ${wrong} when it cannot be read, or has nothing for the algorithms ${allowed}.
 */
int login_keys_read(struct jwt_keys *keys, const char *file, unsigned allowed,
                    char wrong[JWT_WRONG_SIZE]);

/*
 * Whether one of the keys that ${token} may use verifies it. It may use those that fit its
 * algorithm; and of these, when it has a kid, those of that name, else the only one there is. Keys
 * without a name (from PEM files) are tried for every token.
 */
bool login_keys_verify(const struct jwt_keys *keys, const struct jwt *token);

#endif
