/*
 * A fingerprint of everything that decides whether a token is good: algorithms, secret, keys and
 * rules. Two logins with the same fingerprint accept the same tokens. So each of them can use the
 * tokens that the other has found good.
 */
#ifndef BFF_EDGE_LOGIN_FINGERPRINT_H
#define BFF_EDGE_LOGIN_FINGERPRINT_H

#include "bff/base/text.h"

#define LOGIN_FINGERPRINT_BYTES 32 /* SHA-256 */

struct login;

/* Writes the fingerprint of ${login} to ${out}. ${secret} is the one of its settings; it does not
 * count when no HS* algorithm is allowed. */
void login_fingerprint(const struct login *login, struct text secret,
                       unsigned char out[LOGIN_FINGERPRINT_BYTES]);

#endif
