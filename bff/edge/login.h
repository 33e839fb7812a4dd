/*
 * Login: finds the user who sends a request, by `Authorization: Bearer <JWT>`.
 *
 * A token cannot choose how it is checked. The operator sets the allowed algorithms, and the
 * token's algorithm is compared with them before any key is used. HS* tokens are checked with the
 * secret only, and all others only with public keys for their algorithm. The members of a
 * token's header that describe keys (jku, x5u, jwk, x5c) are ignored. The member `kid` can only
 * select one of the operator's keys. A login has one issuer or several. The claim `iss`, which is
 * not verified yet, can only select one of them. Then only the keys, the algorithms and the rules
 * of that issuer count.
 *
 * login_new reads files. Nothing else here does I/O: login_worker.h fetches keys from URLs.
 * docs/login.md explains the rules to operators.
 */
#ifndef BFF_EDGE_LOGIN_H
#define BFF_EDGE_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/token/jwt_algorithm.h"
#include "bff/token/key_source.h"
#include "bff/token/key_source_settings.h"
#include "bff/edge/login_fault.h"
#include "bff/edge/login_roles.h"
#include "bff/edge/login_scopes.h"
#include "bff/edge/login_secret.h"

#define LOGIN_LEEWAY_SECONDS 30 /* the default of the configuration */
#define LOGIN_TOKEN_MAX 8192    /* bytes of a token */
#define LOGIN_PATHS_MAX 8       /* names of claims that may hold the same thing */

struct login;        /* keys and rules; they do not change, and all workers share them */
struct login_cache;  /* tokens that were good; each worker has a cache of its own */
struct login_worker; /* the part of a login that belongs to a worker */
struct key_source_worker;
struct revocation_view; /* revocation.h */

/* Names of claims, as jwt_path.h reads them. The first one that a token has is used. */
struct login_paths {
    const char *at[LOGIN_PATHS_MAX];
    size_t count;
};

/* What the member `typ` of a token's header must be. */
enum login_type {
    LOGIN_TYPE_ANY,
    LOGIN_TYPE_AT_JWT, /* "at+jwt" or "application/at+jwt" in any case (RFC 9068 section 4) */
};

/*
 *   name            of an issuer of ${issuers}: letters, digits, '-' and '_'; else NULL
 *   algorithms      the allowed algorithms: JWT_BIT(JWT_HS256) | ... At least one, or one of
 *                   ${issuers}
 *   secret          the bytes for HS*; absent: none
 *   key_files       for all algorithms but HS*: each is a PEM public key, a PEM certificate, or a
 *                   JWK Set
 *   keys_of         a login that was made from the same key_files: its keys are used, and no file
 *                   is read; NULL: the files are read. Each of ${issuers} has its own
 *   jwks            more keys for these algorithms, fetched from a URL; without a URL: none
 *   issuer          the value that `iss` must have; NULL: it is not checked
 *   audience        the value that `aud` must have or contain; NULL: it is not checked
 *   user            the claims that may name the user; none: `id` and `sub`
 *   role            the claims that may have the user's roles; none: `role`
 *   scope           the claims that may have the user's scopes; none: `scope` and `scp`
 *   type            what `typ` of a token must be
 *   leeway_seconds  how many seconds clocks may differ when `exp` and `nbf` are checked
 *   splits_roles    a string with roles is split at its spaces; false: a string is one role
 *   require_exp     tokens that never expire are refused
 *   issuers         more issuers, each with its own algorithms, keys and rules. A token whose `iss`
 *                   is the ${issuer} of one of them is checked by the rules of that one only. An
 *                   issuer here has a name, ${issuer}, no secret, and no issuers of its own
 *   left_out        is called by login_new for each key of ${key_files} that is left out, with the
 *                   file and the reason in ${words}; NULL: not called
 *   cookie          its argument
 */
struct login_settings {
    const char *name;
    unsigned algorithms;
    struct text secret;
    const char *const *key_files;
    size_t key_file_count;
    const struct login *keys_of;
    struct key_source_settings jwks;
    const char *issuer;
    const char *audience;
    struct login_paths user;
    struct login_paths role;
    struct login_paths scope;
    enum login_type type;
    uint32_t leeway_seconds;
    bool splits_roles;
    bool require_exp;
    struct login_settings *issuers;
    size_t issuer_count;
    void (*left_out)(void *cookie, const char *words);
    void *cookie;
};

/*
 * Reads and checks the keys, and copies what it needs of ${settings}. Returns NULL when something
 * is wrong. Then ${*wrong} is a text without a capital letter and a full stop: "the secret has 12
 * bytes; 32 is the least". The text never contains the secret, and is valid until the next call of
 * login_new.
 */
struct login *login_new(const struct login_settings *settings, const char **wrong);
void login_free(struct login *login); /* NULL: does nothing */

/* What operators see of an issuer.
 *
 *   name      NULL: the issuer without a name
 *   has_keys  its keys are fetched from a URL, and ${keys} says how that goes
 */
struct login_report {
    const char *name;
    bool has_keys;
    struct key_source_report keys;
};

/* Returns the number of issuers. */
size_t login_count(const struct login *login);

/* ${place} is less than login_count. The texts live as long as ${login}. */
struct login_report login_issuer_report(const struct login *login, size_t place);

/*
 * Returns the cache of the worker with the number ${worker}, for tokens that ${login} finds good.
 * Only that worker uses it. Caches are state of the process (bff/base/registry.h): until the cache
 * is released, another login with the same settings and keys gets the same cache. The cache may
 * outlive ${login}.
 */
struct login_cache *login_cache_hold(const struct login *login, unsigned worker);
void login_cache_release(struct login_cache *cache); /* NULL: does nothing */

enum login_verdict {
    LOGIN_ANONYMOUS, /* no token, or a scheme other than Bearer */
    LOGIN_OK,        /* a good token: a user */
    LOGIN_BAD,       /* a token that is not good */
    LOGIN_AMBIGUOUS, /* more than one Authorization field */
    LOGIN_WAITS,     /* the key of the token is not known, and a key set at a URL may have it. Only
                        login_check_with and login_check_token return this */
};

/* A user. All texts are visible ASCII with spaces inside, so they can be sent in a header. */
struct login_user {
    struct text id;     /* never empty */
    struct text roles;  /* "admin,staff" (login_roles.h); empty when the token has none */
    struct text scopes; /* "read write", separated by one space; empty when the token has none */
};

/* The input of login_check. ${revocations} is the view of the calling worker. */
struct login_request {
    const struct text *authorization; /* the values of all Authorization fields */
    size_t authorization_count;
    int64_t now_seconds;                 /* since 1970 UTC */
    struct revocation_view *revocations; /* NULL: no token is revoked */
    struct pool *pool;                   /* for the texts of the user */
};

/*
 * Checks the token of a request. Fills ${*user} when the verdict is LOGIN_OK, and clears it
 * otherwise. ${cache} is the cache of the calling worker; NULL: no cache is used.
 */
enum login_verdict login_check(const struct login *login, struct login_cache *cache,
                               const struct login_request *request, struct login_user *user);

/* The same, and sets ${*fault}, which says why a token is not good. */
enum login_verdict login_check_why(const struct login *login, struct login_cache *cache,
                                   const struct login_request *request, struct login_user *user,
                                   enum login_fault *fault);

/*
 * Does the same with the known tokens and the key sets of ${worker} (login_worker.h). With
 * LOGIN_WAITS, ${*wanted} is the key source to ask (key_source_worker_ask). When it has been asked,
 * the token is checked again. A caller that cannot ask takes LOGIN_WAITS for LOGIN_BAD.
 */
enum login_verdict login_check_with(const struct login_worker *worker,
                                    const struct login_request *request, struct login_user *user,
                                    enum login_fault *fault, struct key_source_worker **wanted);

/* A token that was found good. */
struct login_proof {
    struct login_user user;
    struct text claims; /* all of them: a JSON object */
};

/* Does the same for a token that does not come in Authorization, such as the ID token of a
 * provider. The known tokens are not used. Of ${request}, only the time and the pool are used.
 * Returns LOGIN_OK, LOGIN_BAD or LOGIN_WAITS. */
enum login_verdict login_check_token(const struct login_worker *worker, struct text token,
                                     const struct login_request *request, struct login_proof *proof,
                                     enum login_fault *fault, struct key_source_worker **wanted);

#endif
