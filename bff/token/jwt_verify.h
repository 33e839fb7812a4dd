/*
 * Verifies the signature of a token. One function uses the secret, and the other uses public keys;
 * they share no code. So a token is never checked with the wrong kind of key.
 */
#ifndef BFF_TOKEN_JWT_VERIFY_H
#define BFF_TOKEN_JWT_VERIFY_H

#include <stdbool.h>

#include <openssl/evp.h>

#include "bff/token/jwt.h"
#include "bff/token/jwt_key.h"

/* A secret, prepared for the HS* algorithms. It does not change after it was made. */
struct jwt_secret;

struct jwt_secret *jwt_secret_new(struct text secret);
void jwt_secret_free(struct jwt_secret *secret); /* NULL: does nothing */

/* True when the signature is good. Only for tokens of an HS* algorithm; any other is a mistake in
 * this program. The comparison takes the same time for every signature. */
bool jwt_verify_secret(const struct jwt *token, const struct jwt_secret *secret);

/* True when the signature is good. Only for tokens of the other algorithms (JWT_ALL_PUBLIC), with
 * a key for the token's algorithm; any other is a mistake in this program. */
bool jwt_verify_key(const struct jwt *token, const struct jwt_key *key);

/* Returns the hash of an algorithm with public keys (RFC 7518 section 3.1). NULL for EdDSA, which
 * hashes by itself. */
const EVP_MD *jwt_verify_digest(enum jwt_algorithm algorithm);

#endif
