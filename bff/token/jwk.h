/* The public half of a key as a JSON Web Key (RFC 7517), for a key set that we publish. */
#ifndef BFF_TOKEN_JWK_H
#define BFF_TOKEN_JWK_H

#include <openssl/evp.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/json/json_print.h"

/*
 * Returns the thumbprint of the key (RFC 7638, with SHA-256) in base64url. It depends on the public
 * half only, so it is a good `kid`: all processes with the same key have the same name for it.
 * ${key} is an RSA key, or on P-256, P-384 or P-521 (jwt_key_algorithms).
 */
struct text jwk_thumbprint(EVP_PKEY *key, struct pool *pool);

/*
 * Prints the public half of ${key} as an object: kty, the numbers of the key, `use` "sig", `kid`,
 * and `alg`. Nothing of a private key is printed.
 *
 * ${kid} is the name of the key. ${alg} is the one algorithm that it signs with; absent: the member
 * is left out.
 */
void jwk_print(struct json_print *out, EVP_PKEY *key, struct text kid, struct text alg);

#endif
