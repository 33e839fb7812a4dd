/*
 * A signed token in its compact form (RFC 7515 section 3.1), taken apart: header.claims.signature.
 * Nothing of it is to be believed before its signature was verified (jwt_verify.h).
 */
#ifndef BFF_EDGE_JWT_H
#define BFF_EDGE_JWT_H

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/edge/jwt_algorithm.h"

struct jwt {
    enum jwt_algorithm algorithm; /* one of those allowed */
    struct text kid;              /* which key; absent when the token does not say */
    struct text signed_bytes;     /* what the signature is of, within the token */
    struct text signature;        /* decoded */
    struct text claims;           /* decoded, anything yet */
};

/*
 * Takes ${token} apart; what is decoded lives in ${pool}. Returns -1 when it is no such token: not
 * three segments, one that is not strict base64url, a header that is no JSON object, an algorithm
 * that is not in the set ${allowed}, or a header that asks for what we do not do (`crit`, `b64`).
 */
int jwt_read(struct text token, unsigned allowed, struct pool *pool, struct jwt *out);

#endif
