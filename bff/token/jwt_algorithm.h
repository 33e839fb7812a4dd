/*
 * The signature algorithms that a token may have (RFC 7518 section 3.1, RFC 8037 section 3.1).
 * Every algorithm of the list is safe to allow. `none` is not in the list. EdDSA is with Ed25519
 * only.
 */
#ifndef BFF_TOKEN_JWT_ALGORITHM_H
#define BFF_TOKEN_JWT_ALGORITHM_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"

enum jwt_algorithm {
    JWT_HS256,
    JWT_HS384,
    JWT_HS512,
    JWT_RS256,
    JWT_RS384,
    JWT_RS512,
    JWT_ES256,
    JWT_ES384,
    JWT_ES512,
    JWT_PS256,
    JWT_PS384,
    JWT_PS512,
    JWT_EDDSA,
    JWT_ALGORITHM_COUNT,
};

/* A set of algorithms is a number with these bits set. */
#define JWT_BIT(algorithm) (1u << (algorithm))
#define JWT_ALL_HS (JWT_BIT(JWT_HS256) | JWT_BIT(JWT_HS384) | JWT_BIT(JWT_HS512))
#define JWT_ALL_RS (JWT_BIT(JWT_RS256) | JWT_BIT(JWT_RS384) | JWT_BIT(JWT_RS512))
#define JWT_ALL_ES (JWT_BIT(JWT_ES256) | JWT_BIT(JWT_ES384) | JWT_BIT(JWT_ES512))
#define JWT_ALL_PS (JWT_BIT(JWT_PS256) | JWT_BIT(JWT_PS384) | JWT_BIT(JWT_PS512))
#define JWT_ALL_RSA (JWT_ALL_RS | JWT_ALL_PS)                          /* with an RSA key */
#define JWT_ALL_PUBLIC (JWT_ALL_RSA | JWT_ALL_ES | JWT_BIT(JWT_EDDSA)) /* with a public key */

/* Returns the name of ${algorithm}, such as "HS256". */
const char *jwt_algorithm_name(enum jwt_algorithm algorithm);

/* Finds the algorithm ${name}; upper and lower case differ. Returns 0, or -1 when there is no such
 * algorithm. */
int jwt_algorithm_of(struct text name, enum jwt_algorithm *out);

#endif
