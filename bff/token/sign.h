/*
 * Signs tokens of our own (JWT, RFC 7519) with a private key, by libjwt. The key is read and
 * checked once. libjwt parses it again for each signature, which takes about as long as the
 * signature: keep the tokens (edge/identity.h).
 */
#ifndef BFF_TOKEN_SIGN_H
#define BFF_TOKEN_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/token/jwt_algorithm.h"
#include "bff/token/jwt_key.h"

/* The algorithms of tokens of our own: those that libjwt can sign with. */
#define SIGN_ALGORITHMS (JWT_ALL_RS | JWT_ALL_ES)

struct sign; /* a private key; it does not change, and all workers share it */

/*
 * Reads the private key in ${pem} (PKCS #8, or the older forms of RSA and EC), which is for
 * ${algorithm}, one of SIGN_ALGORITHMS. Returns NULL with the mistake in ${wrong}: no private key,
 * a key with a passphrase, or a key that does not fit the algorithm. ${wrong} never has a part of
 * the key.
 */
struct sign *sign_new(struct text pem, enum jwt_algorithm algorithm, char wrong[JWT_WRONG_SIZE]);

/* Frees the key and overwrites its bytes. NULL: does nothing. */
void sign_free(struct sign *sign);

/* The thumbprint of the public key (jwk_thumbprint). It lives as long as ${sign}. */
struct text sign_kid(const struct sign *sign);

/* The key, for its public half. It lives as long as ${sign}. */
EVP_PKEY *sign_key(const struct sign *sign);

enum sign_kind {
    SIGN_TEXT,   /* ${text} becomes a string */
    SIGN_NUMBER, /* ${number} */
    SIGN_JSON,   /* ${text} is a JSON value */
};

/* A claim. One whose kind has a text that is absent is left out. */
struct sign_claim {
    const char *name;
    enum sign_kind kind;
    struct text text;
    int64_t number;
};

/*
 * Returns a token with the ${count} claims and the header members alg, kid and typ ("JWT"). It is
 * in ${pool}. Absent when a text is not UTF-8 or a JSON value is malformed.
 */
struct text sign_token(const struct sign *sign, const struct sign_claim *claims, size_t count,
                       struct pool *pool);

#endif
