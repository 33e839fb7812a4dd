/*
 * A signed token (JWT) in the compact form of RFC 7515 section 3.1, split into its parts:
 * header.claims.signature. Do not use the claims before the signature has been verified
 * (jwt_verify.h).
 */
#ifndef BFF_TOKEN_JWT_H
#define BFF_TOKEN_JWT_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/token/jwt_algorithm.h"

struct jwt {
    enum jwt_algorithm algorithm; /* one of the allowed algorithms */
    struct text kid;              /* the name of the key; absent when the token has none */
    struct text typ;              /* its type, "at+jwt"; absent when the token has none */
    struct text signed_bytes;     /* the part of the token that is signed */
    struct text signature;        /* decoded */
    struct text claims;           /* decoded; perhaps not JSON */
};

/*
 * Splits ${token}. The decoded parts are in ${pool}. Returns 0; or -1 when the token does not have
 * three segments, a segment is not strict base64url, the header is not a JSON object, the algorithm
 * is not known, a member of the header that we read occurs twice or has a
 * wrong type, or the header demands an extension (`crit`, `b64`), because we support none; or -2
 * when the algorithm is known, but not in the set ${allowed}.
 */
int jwt_read(struct text token, unsigned allowed, struct pool *pool, struct jwt *out);

/* True when the token says that it is an access token: its type is "at+jwt" or
 * "application/at+jwt", in any case (RFC 9068 section 4, RFC 7515 section 4.1.9). */
bool jwt_is_access(const struct jwt *token);

#endif
