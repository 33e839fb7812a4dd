/*
 * A fingerprint of everything that decides whether a token is good: algorithms, secret, keys and
 * rules. Two logins with the same fingerprint accept the same tokens. So each of them can use the
 * tokens that the other has found good.
 */
#ifndef BFF_EDGE_LOGIN_FINGERPRINT_H
#define BFF_EDGE_LOGIN_FINGERPRINT_H

#include "bff/base/text.h"
#include "bff/token/jwt_key.h"
#include "bff/edge/login_claims.h"

#define LOGIN_FINGERPRINT_BYTES 32 /* SHA-256 */

/* Writes the fingerprint to ${out}. ${secret} is absent when no HS* algorithm is allowed. */
void login_fingerprint(unsigned algorithms, struct text secret, const struct jwt_keys *keys,
                       const struct login_rules *rules, unsigned char out[LOGIN_FINGERPRINT_BYTES]);

#endif
