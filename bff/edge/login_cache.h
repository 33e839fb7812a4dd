/*
 * The cache knows tokens whose signature and claims were good. It finds them by the SHA-256 of
 * their bytes, so checking a known token costs one hash. The number of tokens is limited: when the
 * cache is full, the token that was not used for the longest time is dropped. Each token is kept
 * with its times (exp, nbf), which the caller must check for every request. Bad tokens are not
 * kept, because anyone can make any number of them.
 *
 * A token whose key came from a URL is kept with the id of the key set (login_claims.h). The caller
 * must verify it again when the URL has another key set.
 *
 * A cache belongs to one worker and to one fingerprint of login settings (login_fingerprint.h). It
 * is state of the process: a new configuration with the same login settings gets the same cache.
 */
#ifndef BFF_EDGE_LOGIN_CACHE_H
#define BFF_EDGE_LOGIN_CACHE_H

#include "bff/base/text.h"
#include "bff/edge/login.h"
#include "bff/edge/login_claims.h"

#define LOGIN_CACHE_TOKENS 4096
#define LOGIN_CACHE_DIGEST 32 /* bytes of SHA-256 */

/* Writes the hash of ${token} to ${digest}, for the two functions below. */
void login_cache_digest(struct login_cache *cache, struct text token,
                        unsigned char digest[LOGIN_CACHE_DIGEST]);

/* Returns the claims of the token, valid until the next login_cache_put; NULL when the token is not
 * in the cache. */
const struct login_claims *login_cache_find(struct login_cache *cache,
                                            const unsigned char digest[LOGIN_CACHE_DIGEST]);

/* Adds a token with a copy of ${claims}, or replaces its claims. */
void login_cache_put(struct login_cache *cache, const unsigned char digest[LOGIN_CACHE_DIGEST],
                     const struct login_claims *claims);

/* For login_cache_hold (login.h): returns the cache named ${name} in the registry. It belongs to
 * one worker and to the login with ${fingerprint}. */
struct login_cache *login_cache_hold_named(struct text name, const unsigned char *fingerprint);

/* Returns the fingerprint of the login whose tokens are in ${cache}. */
const unsigned char *login_cache_of(const struct login_cache *cache);

#endif
