/*
 * Tokens whose signature and claims were good, by the SHA-256 of their bytes: seeing one again
 * costs a hash. Bounded; the one that was not seen for the longest time goes. What is kept is
 * kept with its times, which are for the caller to look at each time. Bad tokens are not kept:
 * anyone can make as many of them as he likes.
 */
#ifndef BFF_EDGE_LOGIN_CACHE_H
#define BFF_EDGE_LOGIN_CACHE_H

#include "bff/base/text.h"
#include "bff/edge/login.h"
#include "bff/edge/login_claims.h"

#define LOGIN_CACHE_TOKENS 4096
#define LOGIN_CACHE_DIGEST 32 /* bytes of SHA-256 */

/* The hash of ${token}, for the two below. */
void login_cache_digest(struct login_cache *cache, struct text token,
                        unsigned char digest[LOGIN_CACHE_DIGEST]);

/* The claims of the token, until the next put; NULL when it is not here. */
const struct login_claims *login_cache_find(struct login_cache *cache,
                                            const unsigned char digest[LOGIN_CACHE_DIGEST]);

/* Keeps a copy of ${claims} for a token that is not here. */
void login_cache_put(struct login_cache *cache, const unsigned char digest[LOGIN_CACHE_DIGEST],
                     const struct login_claims *claims);

/* The login whose tokens these are. */
const struct login *login_cache_of(const struct login_cache *cache);

#endif
