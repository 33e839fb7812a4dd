/* See oidc_answer.h. */
#include <math.h>

#include "bff/token/jwt_members.h"

#include "bff/session/oidc_answer.h"

#define LIFETIME_MAX_S (10.0 * 366 * 24 * 3600)

enum { ACCESS, REFRESH, ID_TOKEN, SCOPE, TYPE, EXPIRES, MEMBER_COUNT };

/* Tokens are sent in header fields and in forms, so they have visible ASCII only. */
static bool is_token(struct text text) { return text.len > 0 && text_is_visible(text); }

/* An absent member leaves ${*out} absent. */
static int read_text(struct json value, struct pool *pool, struct text *out)
{
    if (json_is(value, JSON_NONE))
        return 0;
    if (!json_is(value, JSON_STRING))
        return -1;
    *out = pool_text(pool, json_text(value, pool));
    return 0;
}

static int read_token(struct json value, struct pool *pool, struct text *out)
{
    if (read_text(value, pool, out) != 0)
        return -1;
    if (out->at != NULL && out->len == 0)
        *out = (struct text){0}; /* some providers write "" for a token that they do not give */
    return out->at == NULL || is_token(*out) ? 0 : -1;
}

/* Some providers write the number as a string. */
static int read_lifetime(struct json value, struct pool *pool, int64_t now_s, int64_t *until_s)
{
    struct text digits = json_text(value, pool);
    double seconds;
    uint64_t whole;

    if (json_is(value, JSON_NONE))
        return 0;
    if (json_is(value, JSON_NUMBER)) {
        if (!json_double(value, &seconds) || !(seconds >= 0))
            return -1;
    } else if (!json_is(value, JSON_STRING) || text_number(digits, UINT32_MAX, &whole) != 0) {
        return -1;
    } else {
        seconds = (double)whole;
    }
    *until_s = now_s + (int64_t)fmin(seconds, LIFETIME_MAX_S);
    return 0;
}

static bool is_bearer(struct json type, struct pool *pool)
{
    return json_is(type, JSON_STRING) && text_equal_nocase(json_text(type, pool), TEXT("Bearer"));
}

static int read_all(const struct jwt_member *members, int64_t now_s, struct pool *pool,
                    struct oidc_tokens *out)
{
    if (read_token(members[ACCESS].value, pool, &out->access) != 0 ||
        read_token(members[REFRESH].value, pool, &out->refresh) != 0 ||
        read_token(members[ID_TOKEN].value, pool, &out->id_token) != 0 ||
        read_text(members[SCOPE].value, pool, &out->scope) != 0 ||
        read_lifetime(members[EXPIRES].value, pool, now_s, &out->access_until_s) != 0)
        return -1;
    return out->access.at != NULL && is_bearer(members[TYPE].value, pool) ? 0 : -1;
}

int oidc_answer_read(struct text json, int64_t now_s, struct pool *pool, struct oidc_tokens *out)
{
    struct jwt_member members[MEMBER_COUNT] = {
        [ACCESS] = {.name = "access_token"}, [REFRESH] = {.name = "refresh_token"},
        [ID_TOKEN] = {.name = "id_token"},   [SCOPE] = {.name = "scope"},
        [TYPE] = {.name = "token_type"},     [EXPIRES] = {.name = "expires_in"},
    };
    struct json object;

    *out = (struct oidc_tokens){0};
    if (jwt_object(json, &object) != 0 ||
        jwt_members_read(object, pool, members, MEMBER_COUNT) != 0)
        return -1;
    jwt_members_drop_null(members, MEMBER_COUNT);
    if (read_all(members, now_s, pool, out) == 0)
        return 0;
    *out = (struct oidc_tokens){0};
    return -1;
}

const char *oidc_answer_error(struct text json, struct pool *pool)
{
    static const char *const codes[] = {"invalid_request", "invalid_client",
                                        "invalid_grant",   "unauthorized_client",
                                        "invalid_scope",   "unsupported_grant_type"};
    struct jwt_member error = {.name = "error"};
    struct json object;

    if (jwt_object(json, &object) != 0 || jwt_members_read(object, pool, &error, 1) != 0 ||
        !json_is(error.value, JSON_STRING))
        return "other";
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (text_is(json_text(error.value, pool), codes[i]))
            return codes[i];
    return "other";
}
