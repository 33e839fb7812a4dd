/* Reads any bytes as what a browser and a provider send at the end of a login: the query of the
 * callback, the answer of the token endpoint, the claims of an ID token and of a logout token, a
 * return URL, and the cookies of logins under way. What is accepted must keep its promises. */
#include <stdint.h>

#include "bff/base/check.h"
#include "bff/json/json_scan.h"
#include "bff/session/oidc_answer.h"
#include "bff/session/oidc_claims.h"
#include "bff/session/oidc_leave.h"
#include "bff/session/oidc_redirect.h"
#include "bff/session/oidc_return.h"
#include "bff/token/jwt_members.h"

#define NOW 1000000

static const struct session_provider_settings provider = {
    .name = {"id", 2},
    .issuer = {"https://id.example", 18},
    .client_id = {"shop", 4},
};

static bool is_visible(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~')
            return false;
    return true;
}

static bool has_control(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f)
            return true;
    return false;
}

static void check_callback(struct text text, struct pool *pool)
{
    struct oidc_redirect_back back;

    if (oidc_redirect_read(text, pool, &back) != 0)
        return;
    must(back.state.len > 0 && (back.code.len > 0) != (back.error.len > 0));
    must(!has_control(back.state) && !has_control(back.code) && !has_control(back.issuer));
    must(oidc_transaction_suffix(back.state, pool).len == 16);
}

static void check_answer(struct text text, struct pool *pool)
{
    struct oidc_tokens tokens;

    must(oidc_answer_error(text, pool) != NULL);
    if (oidc_answer_read(text, NOW, pool, &tokens) != 0)
        return;
    must(tokens.access.len > 0 && is_visible(tokens.access));
    must(is_visible(tokens.refresh) && is_visible(tokens.id_token));
    must(tokens.access_until_s == 0 || tokens.access_until_s >= NOW);
}

static void check_claims(struct text text, struct pool *pool)
{
    const struct oidc_claims_ask ask = {
        .provider = &provider, .nonce = {"n", 1}, .access_token = {"a", 1}, .now_s = NOW};
    struct jwt token = {.algorithm = JWT_ES256, .claims = text};
    struct oidc_claims_logout logout;
    struct oidc_claims claims;
    struct json object;

    oidc_claims_names(&token, &provider, pool);
    if (oidc_claims_read(&token, &ask, pool, &claims) == NULL) {
        must(claims.user.id.len > 0 && !has_control(claims.user.id));
        must(!has_control(claims.user.roles) && !has_control(claims.sid));
        must(jwt_object(claims.claims, &object) == 0);
    }
    if (oidc_claims_read_logout(&token, &provider, NOW, pool, &logout) == NULL)
        must(logout.jti.len > 0 && logout.sid.len + logout.sub.len > 0);
}

static void check_return(struct text text)
{
    if (!oidc_return_is_safe(text))
        return;
    must(text.at[0] == '/' && is_visible(text) && memchr(text.at, '\\', text.len) == NULL);
    must(text.len == 1 || text.at[1] != '/');
}

/* Nobody can make a sealed text. */
static void check_cookies(struct text text, struct pool *pool)
{
    static struct session_seal *seal;
    const struct session_cookie cookie = {.name = TEXT("__Host-bff"), .is_secure = true};
    const struct text secret = TEXT("0123456789abcdef0123456789abcdef");
    struct oidc_transaction transaction;
    struct oidc_leave leave;
    struct text suffixes[4];

    if (seal == NULL)
        seal = session_seal_new(&secret, 1, "oidc login");
    must(oidc_transaction_open(seal, TEXT("n"), text, NOW, pool, &transaction) != 0);
    must(oidc_leave_open(seal, TEXT("n"), text, NOW, pool, &leave) != 0);
    must(oidc_transaction_excess(seal, &cookie, text, NOW, pool, suffixes, 4) <= 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = {(const char *)data, size};
    struct pool *pool = pool_new();

    check_callback(text, pool);
    check_answer(text, pool);
    check_claims(text, pool);
    check_return(text);
    check_cookies(text, pool);
    pool_free(pool);
    return 0;
}
