/*
 * base64url without padding (RFC 4648 section 5, RFC 7515 section 2), strictly: every sequence of
 * bytes has exactly one encoding, so every token has exactly one spelling.
 */
#ifndef BFF_EDGE_JWT_BASE64_H
#define BFF_EDGE_JWT_BASE64_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

/*
 * Decodes ${text} into ${pool}. Returns 0; or -1 for a byte that is not in the alphabet (such as
 * '=' and white space), for a length that no encoding has, and when unused bits are not zero.
 */
int jwt_base64_decode(struct pool *pool, struct text text, struct text *out);

#endif
