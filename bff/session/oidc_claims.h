/*
 * The claims of the two kinds of tokens by which a provider speaks to this server: the ID token of
 * a login (OpenID Connect Core 1.0 sections 2 and 3.1.3.7), and the logout token (Back-Channel
 * Logout 1.0 section 2.4). The signature has been verified before.
 */
#ifndef BFF_SESSION_OIDC_CLAIMS_H
#define BFF_SESSION_OIDC_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/edge/login.h"
#include "bff/edge/login_claims.h"
#include "bff/session/session_settings.h"
#include "bff/token/jwt.h"

/*
 *   nonce         of the authorization request
 *   access_token  that came with the ID token
 *   now_s         in seconds since 1970 UTC
 */
struct oidc_claims_ask {
    const struct session_provider_settings *provider;
    struct text nonce;
    struct text access_token;
    int64_t now_s;
};

/*
 *   user    by the settings of the provider
 *   sid     the provider's session; empty: none
 *   claims  a JSON object for /bff/user: all claims but those of the protocol
 */
struct oidc_claims {
    struct login_user user;
    struct text sid;
    struct text claims;
};

/* Reads an ID token. The texts of ${out} are in ${pool} or in the token. Returns NULL; or a word
 * that says what is wrong. */
const char *oidc_claims_read(const struct jwt *token, const struct oidc_claims_ask *ask,
                             struct pool *pool, struct oidc_claims *out);

/* True when ${token} says that it is from ${provider} and for this server. Nothing is proved by
 * that: it is for the choice of the keys that verify the token. */
bool oidc_claims_names(const struct jwt *token, const struct session_provider_settings *provider,
                       struct pool *pool);

/* Returns the rules by which the claims of the user are read, as in every ID token of ${provider}
 * (login_claims.h). They have the names of claims only. */
struct login_rules oidc_claims_rules(const struct session_provider_settings *provider);

/* Whom a logout token means. One of ${sid} and ${sub} is not empty. ${until_s}: ${jti} must be
 * remembered until then. */
struct oidc_claims_logout {
    struct text jti, sid, sub;
    int64_t until_s;
};

/* Reads a logout token. Returns NULL; or a word that says what is wrong. */
const char *oidc_claims_read_logout(const struct jwt *token,
                                    const struct session_provider_settings *provider, int64_t now_s,
                                    struct pool *pool, struct oidc_claims_logout *out);

#endif
