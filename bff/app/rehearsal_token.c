/* See rehearsal_token.h. */
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "bff/app/rehearsal_token.h"
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/json/json_print.h"
#include "bff/token/jwt_base64.h"

#define HEADER TEXT("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")
#define GOOD_S 3600
#define MS_IN_S 1000

static struct text user_of(const struct rehearsal *rehearsal)
{
    int owner = rehearsal->plan->owner_param;

    return owner == PLAN_NO_PART ? TEXT("rehearsal") : rehearsal->params[owner];
}

/* An owner whom only a part knows can be anybody, so an administrator asks. */
static struct text role_of(const struct rehearsal *rehearsal)
{
    const struct bff_composite *composite = rehearsal->plan->composite;

    if (composite->access == BFF_ROLE)
        return text_of(composite->role);
    return rehearsal->plan->owner_part == PLAN_NO_PART ? (struct text){0}
                                                       : rehearsal->generation->pages.admin_role;
}

/* "read|write" and "read+write" are both scopes. */
static struct text scopes_of(const struct rehearsal *rehearsal)
{
    struct text scopes = text_of(rehearsal->plan->composite->scopes);
    char *out = pool_take(rehearsal->pool, scopes.len + 1);

    for (size_t i = 0; i < scopes.len; i++)
        out[i] = scopes.at[i] == '|' || scopes.at[i] == '+' ? ' ' : scopes.at[i];
    return (struct text){out, scopes.len};
}

static void print_claim(struct json_print *out, const char *name, struct text value)
{
    if (value.len == 0)
        return;
    json_print_key(out, name);
    json_print_string(out, value);
}

static struct text claims_of(const struct rehearsal *rehearsal)
{
    int64_t now_s = clock_wall_ms() / MS_IN_S;
    struct json_print out;

    json_print_init(&out, rehearsal->pool);
    json_print_raw(&out, TEXT("{"));
    print_claim(&out, "id", user_of(rehearsal));
    print_claim(&out, "sub", user_of(rehearsal));
    print_claim(&out, "role", role_of(rehearsal));
    print_claim(&out, "scope", scopes_of(rehearsal));
    json_print_key(&out, "iat");
    json_print_int(&out, now_s);
    json_print_key(&out, "exp");
    json_print_int(&out, now_s + GOOD_S);
    json_print_raw(&out, TEXT("}"));
    return json_print_text(&out);
}

struct text rehearsal_token_make(const struct rehearsal *rehearsal)
{
    const struct config *config = &rehearsal->generation->config;
    struct text secret = config->login.secret;
    struct pool *pool = rehearsal->pool;
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    if (config->login_is_off || secret.len == 0)
        return (struct text){0};
    struct text head = jwt_base64_encode(pool, HEADER);
    struct text claims = jwt_base64_encode(pool, claims_of(rehearsal));
    struct text content = pool_print(pool, "%.*s.%.*s", TEXT_ARGS(head), TEXT_ARGS(claims));
    must(HMAC(EVP_sha256(), secret.at, (int)secret.len, (const unsigned char *)content.at,
              content.len, mac, &len) != NULL);
    struct text signature = jwt_base64_encode(pool, (struct text){(const char *)mac, len});
    return pool_print(pool, "%.*s.%.*s", TEXT_ARGS(content), TEXT_ARGS(signature));
}
