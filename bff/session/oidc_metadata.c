/* See oidc_metadata.h. */
#include "bff/token/jwt_members.h"
#include "bff/upstream/outside.h"

#include "bff/session/oidc_metadata.h"

enum { ISSUER, AUTHORIZATION, TOKEN, END_SESSION, JWKS, ANNOUNCES, METHODS, MEMBER_COUNT };

static bool is_https(struct text url) { return text_starts(url, TEXT("https://")); }

/* A URL that this server asks, or sends browsers to. It must not be weaker than the issuer's. */
static bool read_url(struct json value, struct text issuer, struct pool *pool, struct text *out)
{
    if (!json_is(value, JSON_STRING))
        return false;
    *out = pool_text(pool, json_text(value, pool));
    return outside_check_url(*out) == NULL && (is_https(*out) || !is_https(issuer));
}

static bool read_urls(const struct jwt_member *members, struct pool *pool,
                      struct oidc_metadata *out)
{
    if (!read_url(members[AUTHORIZATION].value, out->issuer, pool, &out->authorization) ||
        !read_url(members[TOKEN].value, out->issuer, pool, &out->token) ||
        !read_url(members[JWKS].value, out->issuer, pool, &out->jwks))
        return false;
    return json_is(members[END_SESSION].value, JSON_NONE) ||
           read_url(members[END_SESSION].value, out->issuer, pool, &out->end_session);
}

/* Without the member, only client_secret_basic is taken (Discovery 1.0 section 3). */
static void read_methods(struct json methods, struct pool *pool, struct oidc_metadata *out)
{
    out->takes_basic = !json_is(methods, JSON_ARRAY);
    if (out->takes_basic)
        return;
    json_each (one, methods) {
        struct text method = json_is(one, JSON_STRING) ? json_text(one, pool) : TEXT("");
        out->takes_basic = out->takes_basic || text_is(method, "client_secret_basic");
        out->takes_post = out->takes_post || text_is(method, "client_secret_post");
    }
}

const char *oidc_metadata_read(struct json document, struct text issuer, struct pool *pool,
                               struct oidc_metadata *out)
{
    struct jwt_member members[MEMBER_COUNT] = {
        [ISSUER] = {.name = "issuer"},
        [AUTHORIZATION] = {.name = "authorization_endpoint"},
        [TOKEN] = {.name = "token_endpoint"},
        [END_SESSION] = {.name = "end_session_endpoint"},
        [JWKS] = {.name = "jwks_uri"},
        [ANNOUNCES] = {.name = "authorization_response_iss_parameter_supported"},
        [METHODS] = {.name = "token_endpoint_auth_methods_supported"},
    };

    *out = (struct oidc_metadata){.issuer = pool_text(pool, issuer)};
    if (!json_is(document, JSON_OBJECT) ||
        jwt_members_read(document, pool, members, MEMBER_COUNT) != 0)
        return "is not a JSON object, or has a member twice";
    jwt_members_drop_null(members, MEMBER_COUNT);
    if (!json_is(members[ISSUER].value, JSON_STRING) ||
        !text_equal(json_text(members[ISSUER].value, pool), issuer))
        return "names another issuer";
    if (!read_urls(members, pool, out))
        return "has no good URL of an endpoint";
    out->announces_issuer = json_is(members[ANNOUNCES].value, JSON_TRUE);
    read_methods(members[METHODS].value, pool, out);
    return NULL;
}
