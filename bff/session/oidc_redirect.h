/*
 * The URLs to which this server sends a browser: the provider's authorization endpoint and its
 * logout page. And the parameters with which the browser comes back.
 */
#ifndef BFF_SESSION_OIDC_REDIRECT_H
#define BFF_SESSION_OIDC_REDIRECT_H

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/session/oidc_transaction.h"
#include "bff/session/session_settings.h"
#include "bff/token/discovery.h"

/* Returns the URL of an authorization request (OpenID Connect Core 1.0 section 3.1.2.1) with the
 * code flow and PKCE, in ${pool}. */
struct text oidc_redirect_login(const struct discovery *known,
                                const struct session_provider_settings *provider,
                                const struct oidc_transaction *transaction, struct pool *pool);

/* What a logout at the provider needs. ${id_token} may be empty. ${after} is the URL to which the
 * provider sends the browser then; the provider must know it. */
struct oidc_redirect_leave {
    struct text id_token;
    struct text after;
};

/* Returns the URL of a logout (RP-Initiated Logout 1.0 section 2). Absent when the provider cannot
 * log out. */
struct text oidc_redirect_logout(const struct discovery *known,
                                 const struct session_provider_settings *provider,
                                 const struct oidc_redirect_leave *leave, struct pool *pool);

/* The answer to an authorization request. An absent text: there is no such parameter. */
struct oidc_redirect_back {
    struct text state, code, error, issuer;
};

/* Reads the query of /bff/callback. Returns 0; or -1 when a parameter occurs twice or is not
 * well-formed, or when it is no answer: without state, or with neither or both of code and error.
 */
int oidc_redirect_read(struct text query, struct pool *pool, struct oidc_redirect_back *out);

#endif
