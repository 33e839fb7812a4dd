/* See session_refresh_identity.h. */
#include "bff/base/clock.h"
#include "bff/edge/login_claims.h"
#include "bff/session/oidc_claims.h"

#include "bff/session/session_refresh_identity.h"

enum login_verdict session_refresh_identity_service(const struct login_worker *login,
                                                    struct text token, struct pool *pool,
                                                    struct login_user *out,
                                                    struct key_source_worker **wanted)
{
    struct login_request request = {.now_seconds = clock_wall_ms() / 1000, .pool = pool};
    struct login_proof proof;
    enum login_fault fault;
    enum login_verdict verdict = login_check_token(login, token, &request, &proof, &fault, wanted);

    *out = proof.user;
    return verdict;
}

static char *string_of(struct text text, struct pool *pool)
{
    return (char *)pool_print(pool, "%.*s", TEXT_ARGS(text)).at;
}

const char *session_refresh_identity_provider(const struct jwt *token,
                                              const struct session_provider_settings *provider,
                                              struct pool *pool, struct login_user *out)
{
    struct login_rules rules = {
        .issuer = string_of(provider->issuer, pool),
        .audience = string_of(provider->client_id, pool),
        .leeway_seconds = LOGIN_LEEWAY_SECONDS,
        .require_exp = true,
    };
    struct login_claims claims;

    oidc_claims_rules(provider, &rules);
    if (!oidc_claims_names(token, provider, pool) ||
        login_claims_read(token->claims, &rules, pool, &claims) != 0)
        return "id_token";
    *out = claims.user;
    return login_claims_hold(&claims, clock_wall_ms() / 1000) ? NULL : "id_token_times";
}
