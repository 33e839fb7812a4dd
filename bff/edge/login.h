/*
 * Who asks: `Authorization: Bearer <JWT>`, checked at the door.
 *
 * A token chooses nothing. The algorithms are the operator's, compared before any key is touched;
 * HS* tokens meet the secret and nothing else, RS* and ES* tokens meet public keys of their own
 * kind and nothing else. What a token's header says about keys (jku, x5u, jwk, x5c) is not looked
 * at; its `kid` selects among the keys that the operator gave.
 *
 * Nothing here does I/O after login_new. docs/login.md has the rules for people.
 */
#ifndef BFF_EDGE_LOGIN_H
#define BFF_EDGE_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/edge/jwt_algorithm.h"

#define LOGIN_SECRET_MIN 32     /* bytes of a secret */
#define LOGIN_LEEWAY_SECONDS 30 /* what configuration takes when nothing is said */
#define LOGIN_TOKEN_MAX 8192    /* bytes of a token */
#define LOGIN_CLAIM_MAX 256     /* bytes of a user's id, and of a role */

struct login;       /* keys and rules: constant once made, shared by all workers */
struct login_cache; /* tokens that were good, one cache for each worker */

/*
 *   algorithms      those allowed: JWT_BIT(JWT_HS256) | ...; one at least
 *   secret          the bytes for HS*; absent: none
 *   key_files       for RS* and ES*: each a PEM public key, a PEM certificate, or a JWK Set
 *   keys_of         a login that was made of the same key_files: its keys are used, and no file is
 *                   read again; NULL: the files are read
 *   issuer          what `iss` must be; NULL: not looked at
 *   audience        what `aud` must be or contain; NULL: not looked at
 *   leeway_seconds  by how much clocks may differ, for exp and nbf
 *   require_exp     refuse a token that never expires
 */
struct login_settings {
    unsigned algorithms;
    struct text secret;
    const char *const *key_files;
    size_t key_file_count;
    const struct login *keys_of;
    const char *issuer;
    const char *audience;
    uint32_t leeway_seconds;
    bool require_exp;
};

/*
 * Reads and checks the keys; copies what it needs of ${settings}. Returns NULL when something is
 * wrong and says so in ${*wrong}: half a sentence without a secret in it ("the secret has 12 bytes;
 * 32 is the least"), valid until the next call.
 */
struct login *login_new(const struct login_settings *settings, const char **wrong);
void login_free(struct login *login); /* NULL: nothing */

/*
 * The cache of the worker with this number, for tokens that ${login} finds good. Only that worker
 * uses it. The caches are state of the process (bff/base/registry.h): while somebody holds one,
 * another login with the same settings and keys gets the same cache. It may outlive ${login}.
 */
struct login_cache *login_cache_hold(const struct login *login, unsigned worker);
void login_cache_release(struct login_cache *cache); /* NULL: nothing */

enum login_verdict {
    LOGIN_ANONYMOUS, /* no token, or another scheme */
    LOGIN_OK,        /* a good token: a user */
    LOGIN_BAD,       /* a token that is not good */
    LOGIN_AMBIGUOUS, /* more than one Authorization field */
};

/* A user. Both texts are visible ASCII (spaces inside), fit for a header. */
struct login_user {
    struct text id;   /* never empty */
    struct text role; /* empty when the token has none */
};

/* What is to be checked. */
struct login_request {
    const struct text *authorization; /* the values of all Authorization fields, in any spelling */
    size_t authorization_count;
    int64_t now_seconds; /* since 1970 UTC */
    struct pool *pool;   /* the user's texts are made in it */
};

/*
 * Fills ${*user} when the verdict is LOGIN_OK, and clears it otherwise. ${cache} is the calling
 * worker's, or NULL for none.
 */
enum login_verdict login_check(const struct login *login, struct login_cache *cache,
                               const struct login_request *request, struct login_user *user);

#endif
