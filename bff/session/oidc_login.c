/* See oidc_login.h. */
#include <openssl/crypto.h>

#include "bff/base/clock.h"

#include "bff/session/oidc_login.h"

static enum oidc_login_end fail(struct oidc_login *login, enum oidc_login_end end,
                                const char *fault)
{
    login->fault = fault;
    return end;
}

/* Tells the user when the work that a callback went on with has ended. */
static void go_on(struct oidc_login *login, enum oidc_login_end end)
{
    if (end != OIDC_LOGIN_WAITS)
        login->done(login, end);
}

/* 4. The ID token is verified: there is a session. */

/* The scopes of the token's answer, when the ID token names none. */
static struct text scopes_of(const struct oidc_login *login, const struct login_user *user)
{
    struct text granted = login->grant.tokens.scope;

    if (user->scopes.len > 0)
        return user->scopes;
    if (granted.at == NULL)
        granted = login->client->settings->scopes;
    return login_roles_is_plain(granted) ? pool_text(login->pool, granted) : TEXT("");
}

static struct text kept(const struct oidc_login *login, struct text token)
{
    return token.at == NULL ? TEXT("") : pool_text(login->pool, token);
}

static enum oidc_login_end make_session(struct oidc_login *login)
{
    const struct oidc_tokens *tokens = &login->grant.tokens;
    struct oidc_claims claims;
    const char *fault = oidc_claims_read(&login->token,
                                         &(struct oidc_claims_ask){
                                             .provider = login->client->settings,
                                             .nonce = login->transaction.nonce,
                                             .access_token = tokens->access,
                                             .now_s = clock_wall_s(),
                                         },
                                         login->pool, &claims);

    if (fault != NULL)
        return fail(login, OIDC_LOGIN_BAD, fault);
    login->session = (struct session){
        .user = kept(login, claims.user.id),
        .roles = kept(login, claims.user.roles),
        .scopes = scopes_of(login, &claims.user),
        .claims = claims.claims,
        .access = kept(login, tokens->access),
        .refresh = kept(login, tokens->refresh),
        .id_token = kept(login, tokens->id_token),
        .provider = login->client->settings->name,
        .provider_sid = kept(login, claims.sid),
        .access_until_s = tokens->access_until_s,
    };
    return OIDC_LOGIN_DONE;
}

static enum oidc_login_end on_verdict(struct oidc_login *login, enum oidc_keys_end end)
{
    switch (end) {
    case OIDC_KEYS_GOOD:
        return make_session(login);
    case OIDC_KEYS_DOWN:
        return fail(login, OIDC_LOGIN_UNAVAILABLE, "keys");
    case OIDC_KEYS_WAITS:
        return OIDC_LOGIN_WAITS;
    case OIDC_KEYS_BAD:
        break;
    }
    return fail(login, OIDC_LOGIN_BAD, "signature");
}

static void on_keys(struct oidc_keys_ask *ask, enum oidc_keys_end end)
{
    struct oidc_login *login = ask->cookie;

    go_on(login, on_verdict(login, end));
}

/* 3. There are tokens: who has signed the ID token? */

static enum oidc_login_end verify(struct oidc_login *login)
{
    struct text id_token = login->grant.tokens.id_token;

    if (id_token.at == NULL)
        return fail(login, OIDC_LOGIN_BAD, "id_token");
    if (jwt_read(id_token, OIDC_CLIENT_ALGORITHMS, login->pool, &login->token) != 0)
        return fail(login, OIDC_LOGIN_BAD, "algorithm");
    login->keys.done = on_keys;
    login->keys.cookie = login;
    return on_verdict(login, oidc_keys_verify(login->client, &login->keys, &login->token));
}

static void on_grant(struct oidc_grant *grant, enum oidc_grant_end end, void *cookie)
{
    struct oidc_login *login = cookie;

    if (end == OIDC_GRANT_TOKENS)
        go_on(login, verify(login));
    else if (end == OIDC_GRANT_INVALID)
        go_on(login, fail(login, OIDC_LOGIN_BAD, grant->fault));
    else
        go_on(login, fail(login, OIDC_LOGIN_UNAVAILABLE, grant->fault));
}

/* 2. The answer fits, and the state was not used before: what does it say? */

/* The errors of OAuth (RFC 6749 section 4.1.2.1) and of OpenID Connect. Words of the provider do
 * not get into the log. */
static enum oidc_login_end read_error(struct oidc_login *login)
{
    static const struct {
        const char *word;
        enum oidc_login_end end;
    } errors[] = {
        {"temporarily_unavailable", OIDC_LOGIN_UNAVAILABLE},
        {"server_error", OIDC_LOGIN_UNAVAILABLE},
        {"access_denied", OIDC_LOGIN_DENIED},
        {"login_required", OIDC_LOGIN_DENIED},
        {"consent_required", OIDC_LOGIN_DENIED},
        {"interaction_required", OIDC_LOGIN_DENIED},
        {"account_selection_required", OIDC_LOGIN_DENIED},
        {"invalid_request", OIDC_LOGIN_BAD},
        {"invalid_scope", OIDC_LOGIN_BAD},
        {"unauthorized_client", OIDC_LOGIN_BAD},
        {"unsupported_response_type", OIDC_LOGIN_BAD},
    };

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
        if (text_is(login->back.error, errors[i].word))
            return fail(login, errors[i].end, errors[i].word);
    return fail(login, OIDC_LOGIN_BAD, "provider_error");
}

static enum oidc_login_end exchange(struct oidc_login *login, enum oidc_used_end end)
{
    if (end == OIDC_USED_WAITS)
        return OIDC_LOGIN_WAITS;
    if (end == OIDC_USED_AGAIN)
        return fail(login, OIDC_LOGIN_BAD, "replay");
    if (login->back.error.at != NULL)
        return read_error(login);
    oidc_grant_code(&login->grant, login->client,
                    &(struct oidc_grant_ask){
                        .code = login->back.code,
                        .redirect_uri = login->transaction.redirect_uri,
                        .verifier = login->transaction.verifier,
                    },
                    on_grant, login);
    return OIDC_LOGIN_WAITS;
}

static void on_used(struct oidc_used_ask *ask, enum oidc_used_end end)
{
    struct oidc_login *login = ask->cookie;

    go_on(login, exchange(login, end));
}

/* 1. Is it the answer to the question of this browser, from the provider that was asked? */

static bool is_state(const struct oidc_login *login)
{
    struct text ours = login->transaction.state, theirs = login->back.state;

    return ours.len == theirs.len && ours.len > 0 &&
           CRYPTO_memcmp(ours.at, theirs.at, ours.len) == 0;
}

/* A provider that is not honest could send the browser back with the code of another one (mix-up,
 * RFC 9207). The transaction says whom the user chose. */
static enum oidc_login_end check_issuer(struct oidc_login *login, const struct discovery *known)
{
    struct text issuer = login->back.issuer;
    int64_t now = clock_wall_s();

    if (issuer.at == NULL ? known->has_iss : !text_equal(issuer, login->client->settings->issuer))
        return fail(login, OIDC_LOGIN_BAD, "mix_up");
    login->used.done = on_used;
    login->used.cookie = login;
    return exchange(login, oidc_used_ask(login->oidc->used, login->redis, &login->used,
                                         login->transaction.state, now,
                                         login->transaction.began_s + OIDC_TRANSACTION_S + 1));
}

static void on_known(struct oidc_client_wait *wait, const struct discovery *known)
{
    struct oidc_login *login = H2O_STRUCT_FROM_MEMBER(struct oidc_login, wait, wait);

    if (known == NULL)
        go_on(login, fail(login, OIDC_LOGIN_UNAVAILABLE, "discovery"));
    else
        go_on(login, check_issuer(login, known));
}

enum oidc_login_end oidc_login_begin(struct oidc_login *login)
{
    login->client = oidc_find(login->oidc, login->transaction.provider);
    if (login->client == NULL)
        return fail(login, OIDC_LOGIN_BAD, "provider");
    if (!is_state(login))
        return fail(login, OIDC_LOGIN_BAD, "state");
    const struct discovery *known = oidc_client_known(login->client);
    if (known != NULL)
        return check_issuer(login, known);
    login->wait.done = on_known;
    oidc_client_wait(login->client, &login->wait);
    return OIDC_LOGIN_WAITS;
}

void oidc_login_cancel(struct oidc_login *login)
{
    oidc_client_wait_end(&login->wait);
    oidc_used_cancel(&login->used);
    oidc_grant_stop(&login->grant);
    oidc_keys_cancel(&login->keys);
}
