/* Public keys in PEM form. */
#ifndef BFF_EDGE_JWT_PEM_H
#define BFF_EDGE_JWT_PEM_H

#include "bff/base/text.h"
#include "bff/edge/jwt_key.h"

/*
 * Adds the key in ${pem}: one PUBLIC KEY or RSA PUBLIC KEY, or a CERTIFICATE, which others (its
 * chain) may follow; its dates and issuer are not looked at. Returns -1 with what is wrong in
 * ${wrong}: no key, a private key, more than one, or one that fits no algorithm of ours.
 */
int jwt_pem_read(struct text pem, struct jwt_keys *keys, char wrong[JWT_WRONG_SIZE]);

#endif
