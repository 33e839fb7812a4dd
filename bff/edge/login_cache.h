/*
 * Tokens whose signature and claims were good, found by the SHA-256 of their bytes. So checking a
 * known token costs one hash. The number of tokens is bounded: the token that was not used for the
 * longest time is dropped. A token is kept together with its times, which the caller checks each
 * time. Bad tokens are not kept, since anyone can make any number of them.
 *
 * A cache belongs to one worker and to what the login settings say (login_fingerprint.h). It is
 * state of the process: a new configuration with the same login settings finds it again.
 */
#ifndef BFF_EDGE_LOGIN_CACHE_H
#define BFF_EDGE_LOGIN_CACHE_H

#include "bff/base/text.h"
#include "bff/edge/login.h"
#include "bff/edge/login_claims.h"

#define LOGIN_CACHE_TOKENS 4096
#define LOGIN_CACHE_DIGEST 32 /* bytes of SHA-256 */

/* The hash of ${token}, for the two functions below. */
void login_cache_digest(struct login_cache *cache, struct text token,
                        unsigned char digest[LOGIN_CACHE_DIGEST]);

/* The claims of the token, valid until the next put; NULL when it is not known. */
const struct login_claims *login_cache_find(struct login_cache *cache,
                                            const unsigned char digest[LOGIN_CACHE_DIGEST]);

/* Keeps a copy of ${claims} for a token that is not known. */
void login_cache_put(struct login_cache *cache, const unsigned char digest[LOGIN_CACHE_DIGEST],
                     const struct login_claims *claims);

/* For login_cache_hold (login.h): the cache of this name, which is of one worker and of the login
 * with this fingerprint. */
struct login_cache *login_cache_hold_named(struct text name, const unsigned char *fingerprint);

/* The fingerprint of the login whose tokens are in ${cache}. */
const unsigned char *login_cache_of(const struct login_cache *cache);

#endif
