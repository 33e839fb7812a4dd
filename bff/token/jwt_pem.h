/* Public keys in PEM form. */
#ifndef BFF_TOKEN_JWT_PEM_H
#define BFF_TOKEN_JWT_PEM_H

#include "bff/base/text.h"
#include "bff/token/jwt_key.h"

/*
 * Adds the key in ${pem}: one PUBLIC KEY or RSA PUBLIC KEY, or a CERTIFICATE, which its chain may
 * follow. Dates and issuer of a certificate are not checked. Returns 0; or -1 with the mistake in
 * ${wrong}: there is no key, a private key or more than one key, or none of our algorithms can use
 * the key.
 */
int jwt_pem_read(struct text pem, struct jwt_keys *keys, char wrong[JWT_WRONG_SIZE]);

#endif
