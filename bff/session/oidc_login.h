/*
 * The end of a login at a provider: the browser has come back with a code. The answer is compared
 * with the transaction of the browser, the code is exchanged for tokens, and the ID token is
 * verified. Everything that is not as it must be ends the login.
 */
#ifndef BFF_SESSION_OIDC_LOGIN_H
#define BFF_SESSION_OIDC_LOGIN_H

#include "bff/base/pool.h"
#include "bff/session/oidc.h"
#include "bff/session/oidc_claims.h"
#include "bff/session/oidc_grant.h"
#include "bff/session/oidc_keys.h"
#include "bff/session/oidc_redirect.h"
#include "bff/session/oidc_transaction.h"
#include "bff/session/session.h"
#include "bff/store/redis.h"

enum oidc_login_end {
    OIDC_LOGIN_WAITS,
    OIDC_LOGIN_DONE,        /* there is a session */
    OIDC_LOGIN_BAD,         /* the answer does not fit, or a token is not good */
    OIDC_LOGIN_DENIED,      /* the user or the provider did not want it */
    OIDC_LOGIN_UNAVAILABLE, /* the provider cannot be asked now */
};

/*
 * In the memory of its user. Before oidc_login_begin, these are set and all else is zero:
 *
 *   oidc         the worker's
 *   redis        the worker's; NULL: there is none
 *   pool         of the request: for the results
 *   back         the parameters of the callback
 *   transaction  that was opened from the browser's cookie
 *   done         is called once after OIDC_LOGIN_WAITS, with one of the other ends; never from
 *                inside oidc_login_begin, and not after oidc_login_cancel
 *   cookie       its argument
 *
 * The results:
 *
 *   session      with OIDC_LOGIN_DONE; its id and its times are not set
 *   fault        with any other end: a word for the log
 */
struct oidc_login {
    struct oidc *oidc;
    struct redis *redis;
    struct pool *pool;
    struct oidc_redirect_back back;
    struct oidc_transaction transaction;
    void (*done)(struct oidc_login *login, enum oidc_login_end end);
    void *cookie;
    struct session session;
    const char *fault;

    /* oidc_login.c's own */
    struct oidc_client *client;
    struct oidc_client_wait wait;
    struct oidc_used_ask used;
    struct oidc_grant grant;
    struct oidc_keys_ask keys;
    struct jwt token;
};

enum oidc_login_end oidc_login_begin(struct oidc_login *login);

/* Ends what is under way, and frees what is not in the pool. To be called once at least, also after
 * the end. */
void oidc_login_cancel(struct oidc_login *login);

#endif
