/* See oidc_redirect.h. */
#include "bff/base/text_builder.h"
#include "bff/session/oidc_form.h"

#include "bff/session/oidc_redirect.h"

#define VALUE_MAX 4096 /* bytes of a parameter; codes of real providers have up to about 2000 */

/* The endpoint may have a query of its own, which is kept (RFC 6749 section 3.1). */
static void begin(struct text_builder *out, struct text endpoint, struct pool *pool)
{
    text_builder_init(out, pool, 1024);
    text_builder_add(out, endpoint);
    if (memchr(endpoint.at, '?', endpoint.len) == NULL)
        text_builder_add(out, TEXT("?"));
}

struct text oidc_redirect_login(const struct discovery *known,
                                const struct session_provider_settings *provider,
                                const struct oidc_transaction *transaction, struct pool *pool)
{
    struct text_builder out;

    begin(&out, known->authorization_endpoint, pool);
    oidc_form_add(&out, "response_type", TEXT("code"));
    oidc_form_add(&out, "client_id", provider->client_id);
    oidc_form_add(&out, "redirect_uri", transaction->redirect_uri);
    oidc_form_add(&out, "scope", provider->scopes);
    oidc_form_add(&out, "state", transaction->state);
    oidc_form_add(&out, "nonce", transaction->nonce);
    oidc_form_add(&out, "code_challenge", oidc_transaction_challenge(transaction->verifier, pool));
    oidc_form_add(&out, "code_challenge_method", TEXT("S256"));
    return text_builder_text(&out);
}

struct text oidc_redirect_logout(const struct discovery *known,
                                 const struct session_provider_settings *provider,
                                 const struct oidc_redirect_leave *leave, struct pool *pool)
{
    struct text_builder out;

    if (known == NULL || known->end_session_endpoint.at == NULL)
        return (struct text){0};
    begin(&out, known->end_session_endpoint, pool);
    if (leave->id_token.len > 0)
        oidc_form_add(&out, "id_token_hint", leave->id_token);
    oidc_form_add(&out, "client_id", provider->client_id);
    oidc_form_add(&out, "post_logout_redirect_uri", leave->after);
    return text_builder_text(&out);
}

int oidc_redirect_read(struct text query, struct pool *pool, struct oidc_redirect_back *out)
{
    enum { STATE, CODE, ERROR, ISSUER, COUNT };
    struct oidc_param params[COUNT] = {
        [STATE] = {"state", {0}},
        [CODE] = {"code", {0}},
        [ERROR] = {"error", {0}},
        [ISSUER] = {"iss", {0}},
    };

    *out = (struct oidc_redirect_back){0};
    if (oidc_form_read(query, pool, params, COUNT) != 0)
        return -1;
    for (size_t i = 0; i < COUNT; i++)
        if (params[i].value.len > VALUE_MAX)
            return -1;
    if (params[STATE].value.len == 0 ||
        (params[CODE].value.len > 0) == (params[ERROR].value.len > 0))
        return -1;
    *out = (struct oidc_redirect_back){
        .state = params[STATE].value,
        .code = params[CODE].value,
        .error = params[ERROR].value,
        .issuer = params[ISSUER].value,
    };
    return 0;
}
