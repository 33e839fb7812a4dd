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
    struct login_request request = {.now_seconds = clock_wall_s(), .pool = pool};
    struct login_proof proof;
    enum login_fault fault;
    enum login_verdict verdict = login_check_token(login, token, &request, &proof, &fault, wanted);

    *out = proof.user;
    return verdict;
}

const char *session_refresh_identity_provider(const struct jwt *token,
                                              const struct session_provider_settings *provider,
                                              struct pool *pool, struct login_user *out)
{
    struct login_rules rules = oidc_claims_rules(provider);
    struct login_claims claims;

    rules.leeway_seconds = LOGIN_LEEWAY_SECONDS;
    rules.require_exp = true;
    if (!oidc_claims_names(token, provider, pool) ||
        login_claims_read(token->claims, &rules, pool, &claims) != 0)
        return "id_token";
    *out = claims.user;
    return login_claims_hold(&claims, clock_wall_s()) ? NULL : "id_token_times";
}
