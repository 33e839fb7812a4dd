/*
 * base64url without padding (RFC 4648 section 5, RFC 7515 section 2), decoded strictly: only one
 * encoding of a sequence of bytes is accepted. So a token cannot be written in a second way.
 */
#ifndef BFF_TOKEN_JWT_BASE64_H
#define BFF_TOKEN_JWT_BASE64_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

/*
 * Decodes ${text} into ${pool}. Returns 0; or -1 when a byte is not in the alphabet ('=' and white
 * space are not), no encoding has this length, or unused bits are not zero.
 */
int jwt_base64_decode(struct pool *pool, struct text text, struct text *out);

/* Returns ${bytes} encoded. The text is in ${pool}. */
struct text jwt_base64_encode(struct pool *pool, struct text bytes);

#endif
