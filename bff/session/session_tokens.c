/* See session_tokens.h. */
#include "bff/base/percent.h"
#include "bff/base/text_builder.h"
#include "bff/session/session_tokens.h"
#include "bff/token/jwt_base64.h"

#define PATHS 2        /* of the access token and of the refresh token */
#define DEPTH_MOST 128 /* of claims; more than any token has */
#define SECONDS_MOST 253402300799.0
#define LIFETIME_MOST_S (INT64_C(10) * 366 * 24 * 3600)

/* Returns ${seconds} as an integer; 0 when it is no time. */
static int64_t whole_seconds(double seconds)
{
    return seconds >= 1 && seconds <= SECONDS_MOST ? (int64_t)seconds : 0;
}

static int64_t read_seconds(struct json value)
{
    double seconds;

    return json_double(value, &seconds) ? whole_seconds(seconds) : 0;
}

static struct text read_string(struct json body, const char *path, struct pool *pool)
{
    struct json value = path == NULL ? (struct json){0} : json_path(body, path);
    struct text text = json_is(value, JSON_STRING) ? json_text(value, pool) : (struct text){0};

    return text.len > 0 ? text : (struct text){0};
}

void session_tokens_read(struct json body, const struct session_login_settings *settings,
                         struct pool *pool, struct session_tokens *out)
{
    *out = (struct session_tokens){
        .access = read_string(body, settings->token, pool),
        .refresh = read_string(body, settings->refresh_token, pool),
    };
    if (settings->expires_in != NULL)
        out->expires_in_s = read_seconds(json_path(body, settings->expires_in));
    if (out->expires_in_s > LIFETIME_MOST_S)
        out->expires_in_s = LIFETIME_MOST_S;
}

/* The paths that are left below the object that is being copied; absent: none. */
struct paths {
    struct text rows[PATHS];
};

/* What becomes of the member ${key}: writes the paths that go on below it to ${below}. Returns true
 * when one ends here, so that the member is left out. */
static bool ends_here(const struct paths *paths, struct text key, struct pool *pool,
                      struct paths *below)
{
    *below = (struct paths){0};
    for (size_t i = 0; i < PATHS; i++) {
        struct text rest = paths->rows[i], name = text_cut(&rest, '.');
        if (name.at == NULL || !json_key_is(key, pool_text(pool, name).at))
            continue;
        if (rest.at == NULL)
            return true;
        below->rows[i] = rest;
    }
    return false;
}

static bool are_any(const struct paths *paths)
{
    return paths->rows[0].at != NULL || paths->rows[1].at != NULL;
}

static void put_key(struct text_builder *out, struct text key)
{
    if (out->at[out->len - 1] != '{')
        text_builder_add(out, TEXT(","));
    text_builder_add(out, TEXT("\""));
    text_builder_add(out, key);
    text_builder_add(out, TEXT("\":"));
}

/* The depth is at most that of the configured paths. */
static void put_value(struct text_builder *out, struct json value, const struct paths *paths)
{
    struct json_walk walk = json_walk(value);
    struct paths below;

    if (!json_is(value, JSON_OBJECT) || !are_any(paths)) {
        text_builder_add(out, json_raw(value));
        return;
    }
    text_builder_add(out, TEXT("{"));
    for (struct json child; json_walk_next(&walk, &child);) {
        if (ends_here(paths, walk.key, out->pool, &below))
            continue;
        put_key(out, walk.key);
        put_value(out, child, &below);
    }
    text_builder_add(out, TEXT("}"));
}

struct text session_tokens_rest(struct json body, const struct session_login_settings *settings,
                                struct pool *pool)
{
    struct paths paths = {{text_of(settings->token), text_of(settings->refresh_token)}};
    struct text_builder out;

    text_builder_init(&out, pool, body.len + 1);
    put_value(&out, body, &paths);
    return text_builder_text(&out);
}

static bool contains(struct text text, struct text part)
{
    return part.len > 0 && text.len > 0 && memmem(text.at, text.len, part.at, part.len) != NULL;
}

/* Returns the number of hexadecimal digits ${count} at ${at} as a number; -1: they are no digits.
 */
static int read_hex(struct text text, size_t at, size_t count)
{
    int number = 0;

    if (text.len - at < count)
        return -1;
    for (size_t i = 0; i < count; i++) {
        int digit = percent_hex(text.at[at + i]);
        if (digit < 0)
            return -1;
        number = number * 16 + digit;
    }
    return number;
}

/* Reads the byte at ${*i}, which may be escaped as in JSON or in a URL, and moves ${*i} after it.
 * Tokens are ASCII, so other characters may become anything. */
static char read_byte(struct text text, size_t *i)
{
    char c = text.at[(*i)++];
    bool is_url = c == '%', is_json = c == '\\' && *i < text.len && text.at[*i] == 'u';
    size_t before = is_json ? 1 : 0, count = is_json ? 4 : 2;
    int code = is_url || is_json ? read_hex(text, *i + before, count) : -1;

    if (code >= 0) {
        *i += before + count;
        return (char)(code & 0x7f);
    }
    return c == '\\' && *i < text.len ? text.at[(*i)++] : c;
}

static struct text without_escapes(struct text text, struct pool *pool)
{
    char *at = pool_take(pool, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len;)
        at[len++] = read_byte(text, &i);
    return (struct text){at, len};
}

static bool contains_any(struct text text, const struct session_tokens *tokens)
{
    return contains(text, tokens->access) || contains(text, tokens->refresh);
}

bool session_tokens_are_in(const struct session_tokens *tokens, struct text text, struct pool *pool)
{
    if (text.len == 0 || contains_any(text, tokens))
        return text.len > 0;
    if (memchr(text.at, '\\', text.len) == NULL && memchr(text.at, '%', text.len) == NULL)
        return false;
    return contains_any(without_escapes(text, pool), tokens);
}

struct text session_tokens_claims(struct text token, struct pool *pool)
{
    struct text rest = token, claims;

    text_cut(&rest, '.');
    if (rest.at == NULL || jwt_base64_decode(pool, text_cut(&rest, '.'), &claims) != 0 ||
        !json_scan_accepts(claims.at, claims.len, DEPTH_MOST) ||
        !json_is(json_of(claims), JSON_OBJECT))
        return (struct text){0};
    return claims;
}

int64_t session_tokens_until_s(struct text claims)
{
    return claims.at == NULL ? 0 : read_seconds(json_get(json_of(claims), "exp"));
}

int64_t session_tokens_access_until_s(const struct session_tokens *tokens, int64_t now_s,
                                      struct pool *pool)
{
    int64_t until_s = session_tokens_until_s(session_tokens_claims(tokens->access, pool));
    int64_t most_s = (int64_t)SECONDS_MOST;
    int64_t other_s = tokens->expires_in_s > 0 ? now_s + tokens->expires_in_s : 0;

    if (other_s > most_s) /* session_read refuses a later time */
        other_s = most_s;
    if (until_s == 0 || (other_s != 0 && other_s < until_s))
        until_s = other_s;
    return until_s;
}
