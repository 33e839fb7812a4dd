/*
 * base64url without padding (RFC 4648 section 5, RFC 7515 section 2), strictly: bytes have one
 * spelling, so that a token has one, too.
 */
#ifndef BFF_EDGE_JWT_BASE64_H
#define BFF_EDGE_JWT_BASE64_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

/*
 * Decodes ${text} into ${pool}. Returns -1 on any byte that is not of the alphabet ('=' and white
 * space among them), on a length that no bytes have, and when bits that are not used are not zero.
 */
int jwt_base64_decode(struct pool *pool, struct text text, struct text *out);

#endif
