/* See session_refresh_ask.h. */
#include <openssl/crypto.h>

#include "bff/base/clock.h"
#include "bff/base/text_builder.h"
#include "bff/json/json_print.h"
#include "bff/session/oidc_claims.h"
#include "bff/session/session_refresh_identity.h"
#include "bff/session/session_tokens.h"

#include "bff/session/session_refresh_ask.h"

#define SERVICE_MS 10000 /* of a question to a service; its own limits are mostly shorter */
#define BODY_LIMIT ((size_t)64 * 1024)
#define DEPTH_LIMIT 32

static bool is_of_service(const struct session *session) { return session->provider.len == 0; }

static struct oidc_client *client_of(const struct session_refresh_peers *peers,
                                     const struct session *session)
{
    return oidc_find(peers->oidc, session->provider);
}

bool session_refresh_ask_is_possible(const struct session_refresh_peers *peers,
                                     const struct session *session)
{
    if (session->refresh.len == 0)
        return false;
    return is_of_service(session) ? peers->settings->login.refresh_service != NULL
                                  : client_of(peers, session) != NULL;
}

/* A provider may be asked for its metadata first. */
uint32_t session_refresh_ask_ms(const struct session_refresh_peers *peers,
                                const struct session *session)
{
    return is_of_service(session) ? SERVICE_MS
                                  : 2 * client_of(peers, session)->settings->timeout_ms;
}

/* The end. */

static void end(struct session_refresh_ask *ask, enum session_refresh_kind kind, const char *fault)
{
    ask->result.kind = kind;
    ask->fault = fault;
    ask->done(ask);
}

/* Another user than before is not the user of this session. */
static void take(struct session_refresh_ask *ask, const struct login_user *user)
{
    struct session *made = &ask->result.session;

    if (user != NULL && !text_equal(user->id, ask->session->user)) {
        end(ask, SESSION_REFRESH_ENDED, "other_user");
        return;
    }
    if (user != NULL) {
        made->roles = user->roles;
        made->scopes = user->scopes;
    }
    made->seen_s = clock_wall_s();
    made->renewals++;
    end(ask, SESSION_REFRESH_NEW, NULL);
}

/* A refresh token that is not replaced stays valid. */
static void set_tokens(struct session_refresh_ask *ask, struct text access, struct text refresh,
                       int64_t until_s)
{
    struct session *made = &ask->result.session;

    *made = *ask->session;
    made->access = access;
    made->access_until_s = until_s;
    if (refresh.len > 0)
        made->refresh = refresh;
}

/* A provider. */

static void take_grant(struct session_refresh_ask *ask)
{
    const struct oidc_tokens *tokens = &ask->grant.tokens;
    int64_t until_s = tokens->access_until_s;

    if (until_s == 0)
        until_s = session_tokens_until_s(session_tokens_claims(tokens->access, ask->pool));
    set_tokens(ask, tokens->access, tokens->refresh, until_s);
    if (tokens->id_token.len > 0)
        ask->result.session.id_token = tokens->id_token;
}

/* Without a name of scopes in the answer, they are as before (RFC 6749 section 6). */
static void take_identity(struct session_refresh_ask *ask)
{
    const struct session_provider_settings *provider =
        client_of(ask->peers, ask->session)->settings;
    struct text scope = ask->grant.tokens.scope;
    struct login_user user;
    const char *fault = session_refresh_identity_provider(&ask->token, provider, ask->pool, &user);

    if (fault != NULL) {
        end(ask, SESSION_REFRESH_AWAY, fault);
        return;
    }
    if (user.scopes.len == 0)
        user.scopes = scope.len > 0 && login_roles_is_plain(scope) ? scope : ask->session->scopes;
    take(ask, &user);
}

/* The refresh token has been used, so the new tokens must not be lost because the keys are away. */
static void on_verified(struct session_refresh_ask *ask, enum oidc_keys_end how)
{
    if (how == OIDC_KEYS_GOOD)
        take_identity(ask);
    else if (how == OIDC_KEYS_DOWN)
        take(ask, NULL);
    else
        end(ask, SESSION_REFRESH_AWAY, "id_token");
}

static void on_keys(struct oidc_keys_ask *keys, enum oidc_keys_end how)
{
    on_verified(H2O_STRUCT_FROM_MEMBER(struct session_refresh_ask, keys, keys), how);
}

static void verify(struct session_refresh_ask *ask)
{
    struct text id_token = ask->grant.tokens.id_token;
    enum oidc_keys_end how = OIDC_KEYS_BAD;

    if (id_token.len == 0) {
        take(ask, NULL);
        return;
    }
    ask->keys.done = on_keys;
    if (jwt_read(id_token, OIDC_CLIENT_ALGORITHMS, ask->pool, &ask->token) == 0)
        how = oidc_keys_verify(client_of(ask->peers, ask->session), &ask->keys, &ask->token);
    if (how != OIDC_KEYS_WAITS)
        on_verified(ask, how);
}

static void on_grant(struct oidc_grant *grant, enum oidc_grant_end how, void *cookie)
{
    struct session_refresh_ask *ask = cookie;

    switch (how) {
    case OIDC_GRANT_TOKENS:
        take_grant(ask);
        verify(ask);
        break;
    case OIDC_GRANT_INVALID:
        end(ask, SESSION_REFRESH_ENDED, grant->fault);
        break;
    case OIDC_GRANT_UNAVAILABLE:
        end(ask, SESSION_REFRESH_AWAY, grant->fault);
        break;
    }
}

/* A service. */

/* A token must fit into a header. */
static bool is_plain(struct text token)
{
    for (size_t i = 0; i < token.len; i++)
        if (token.at[i] <= ' ' || token.at[i] >= 0x7f)
            return false;
    return true;
}

static void check_token(struct session_refresh_ask *ask);

static void on_keys_fetched(struct key_source_wait *wait)
{
    check_token(H2O_STRUCT_FROM_MEMBER(struct session_refresh_ask, key_wait, wait));
}

/* The key of the token is not known. When it cannot be fetched, the token is used all the same: it
 * has come from the service itself, and the old tokens cannot be used any more. */
static void ask_key(struct session_refresh_ask *ask, struct key_source_worker *wanted)
{
    bool is_first = ask->key_wait.done == NULL;
    unsigned retry_s;

    ask->key_wait.done = on_keys_fetched;
    if (!is_first ||
        key_source_worker_ask(wanted, &ask->key_wait, &retry_s) != KEY_SOURCE_UNDER_WAY)
        take(ask, NULL);
}

static void check_token(struct session_refresh_ask *ask)
{
    struct key_source_worker *wanted;
    struct login_user user;

    switch (session_refresh_identity_service(ask->peers->login, ask->result.session.access,
                                             ask->pool, &user, &wanted)) {
    case LOGIN_OK:
        take(ask, &user);
        break;
    case LOGIN_WAITS:
        ask_key(ask, wanted);
        break;
    default:
        end(ask, SESSION_REFRESH_AWAY, "token");
    }
}

static void take_answer(struct session_refresh_ask *ask)
{
    const struct session_login_settings *settings = &ask->peers->settings->login;
    struct session_tokens tokens = {0};

    if (ask->fetch.value != NULL)
        session_tokens_read(json_of(ask->fetch.value->text), settings, ask->pool, &tokens);
    if (!is_plain(tokens.access) || tokens.access.len == 0) {
        end(ask, SESSION_REFRESH_AWAY, "answer");
        return;
    }
    set_tokens(ask, tokens.access, tokens.refresh,
               session_tokens_access_until_s(&tokens, clock_wall_s(), ask->pool));
    if (ask->peers->login == NULL)
        take(ask, NULL);
    else
        check_token(ask);
}

/* Some services answer 400 with the error of OAuth. */
static bool is_refused(const struct fetch *fetch, struct pool *pool)
{
    if (fetch->status == 401 || fetch->status == 403)
        return true;
    if (fetch->status != 400 || fetch->reason != REASON_NONE || fetch->value == NULL)
        return false;
    struct json error = json_get(json_of(fetch->value->text), "error");
    return text_is(json_text(error, pool), "invalid_grant");
}

static void on_fetched(struct fetch *fetch, void *cookie)
{
    struct session_refresh_ask *ask = cookie;

    if (is_refused(fetch, ask->pool))
        end(ask, SESSION_REFRESH_ENDED, "refused");
    else if (fetch->reason != REASON_NONE)
        end(ask, SESSION_REFRESH_AWAY, reason_name(fetch->reason));
    else if (fetch->status < 200 || fetch->status > 299)
        end(ask, SESSION_REFRESH_AWAY, "status");
    else
        take_answer(ask);
}

static struct text body_of(const struct session_refresh_ask *ask)
{
    struct json_print out;

    json_print_init(&out, ask->pool);
    json_print_raw(&out, TEXT("{"));
    json_print_key(&out, ask->peers->settings->login.refresh_body);
    json_print_string(&out, ask->session->refresh);
    json_print_raw(&out, TEXT("}"));
    return json_print_text(&out);
}

static struct text lines_of(struct text body, struct pool *pool)
{
    return pool_print(pool,
                      "accept: application/json\r\naccept-encoding: identity\r\n"
                      "content-type: application/json\r\ncontent-length: %zu\r\n",
                      body.len);
}

static void ask_service(struct session_refresh_ask *ask)
{
    const struct session_login_settings *settings = &ask->peers->settings->login;
    struct text body = body_of(ask);

    ask->fetch_ask = (struct fetch_ask){
        .service = settings->refresh_service,
        .key = ask->session->user,
        .target = settings->refresh_path,
        .method = TEXT("POST"),
        .headers = lines_of(body, ask->pool),
        .body = body,
        .until_ns = clock_now_ns() + SERVICE_MS * CLOCK_MS,
        .body_limit = BODY_LIMIT,
        .depth_limit = DEPTH_LIMIT,
        .takes_failures = true,
        .keep_slices = true,
    };
    fetch_start(&ask->fetch, ask->peers->upstream, &ask->fetch_ask, on_fetched, ask);
}

void session_refresh_ask_start(struct session_refresh_ask *ask,
                               const struct session_refresh_peers *peers,
                               const struct session *session, struct pool *pool)
{
    ask->peers = peers;
    ask->session = session;
    ask->pool = pool;
    if (is_of_service(session))
        ask_service(ask);
    else
        oidc_grant_refresh(&ask->grant, client_of(peers, session), session->refresh, on_grant, ask);
}

void session_refresh_ask_stop(struct session_refresh_ask *ask)
{
    if (ask->pool == NULL)
        return;
    key_source_worker_cancel(&ask->key_wait);
    oidc_keys_cancel(&ask->keys);
    oidc_grant_stop(&ask->grant);
    if (ask->fetch_ask.service != NULL)
        fetch_release(&ask->fetch);
}
