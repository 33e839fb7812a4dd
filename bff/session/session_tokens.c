/* See session_tokens.h. */
#include <stdlib.h>

#include "bff/json/json.h"
#include "bff/token/jwt.h"

#include "bff/session/session_tokens.h"

#define DEPTH_MAX 128
#define SECONDS_MOST 1e10 /* a later time is not believed */

/* A token must fit into a header. */
static bool is_plain(struct text token)
{
    for (size_t i = 0; i < token.len; i++)
        if (token.at[i] <= ' ' || token.at[i] >= 0x7f)
            return false;
    return true;
}

/* Absent and null are the same. */
static int read_token(struct json object, const char *path, struct pool *pool, struct text *out)
{
    struct json value = path == NULL ? (struct json){0} : json_path(object, path);

    *out = TEXT("");
    if (json_is(value, JSON_NONE) || json_is(value, JSON_NULL))
        return 0;
    if (!json_is(value, JSON_STRING))
        return -1;
    *out = json_text(value, pool);
    return is_plain(*out) ? 0 : -1;
}

/* Some services write the number as a text. */
static int64_t read_seconds(struct json object, const char *path, struct pool *pool)
{
    struct json value = path == NULL ? (struct json){0} : json_path(object, path);
    struct text digits = json_text(value, pool);
    double seconds =
        digits.len == 0 ? 0 : strtod(pool_print(pool, "%.*s", TEXT_ARGS(digits)).at, NULL);

    return seconds >= 1 && seconds < SECONDS_MOST ? (int64_t)seconds : 0;
}

int64_t session_tokens_end(struct text token, struct pool *pool)
{
    struct jwt jwt;
    double seconds;

    if (jwt_read(token, ~0u, pool, &jwt) != 0 ||
        !json_scan_accepts(jwt.claims.at, jwt.claims.len, DEPTH_MAX) ||
        !json_double(json_get(json_of(jwt.claims), "exp"), &seconds))
        return 0;
    return seconds >= 1 && seconds < SECONDS_MOST ? (int64_t)seconds : 0;
}

int session_tokens_read(const struct session_login_settings *settings, struct text json,
                        int64_t now_s, struct pool *pool, struct session_tokens *out)
{
    *out = (struct session_tokens){0};
    if (!json_scan_accepts(json.at, json.len, DEPTH_MAX))
        return -1;
    struct json object = json_of(json);
    if (read_token(object, settings->token, pool, &out->access) != 0 || out->access.len == 0 ||
        read_token(object, settings->refresh_token, pool, &out->refresh) != 0)
        return -1;
    int64_t seconds = read_seconds(object, settings->expires_in, pool);
    out->access_until_s = seconds > 0 ? now_s + seconds : session_tokens_end(out->access, pool);
    return 0;
}
