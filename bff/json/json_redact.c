/* See json_redact.h. */
#include "bff/json/json_print.h"
#include "bff/json/json_redact.h"
#include "bff/json/json_scan.h"
#include "bff/json/json_skip.h"
#include "bff/json/json_unescape.h"

#define NAME_MAX ((size_t)64) /* bytes; a longer name is not in the list */

struct json_redact {
    struct text *names; /* in lower case, without '-', '_' and blanks */
    size_t count;
};

static const char *const defaults[] = {
    "authorization", "cookie",       "setcookie", "password",     "secret",     "token",
    "accesstoken",   "refreshtoken", "idtoken",   "apikey",       "xapikey",    "sid",
    "session",       "csrf",         "code",      "clientsecret", "creditcard", "cardnumber",
    "cvv",           "iban",         "sessionid", "passwd",       "pwd",        "privatekey",
};

/* A name that ends with one of these is a secret, too: newPassword, csrf_token. */
static const char *const ends[] = {"password", "secret", "token", "apikey", NULL};

#define DEFAULTS (sizeof(defaults) / sizeof(defaults[0]))

/* Names. */

/* Writes ${name} to ${out} in the form of the list. A name that is too long becomes absent. */
static struct text plain_name(struct text name, char out[NAME_MAX])
{
    size_t len = 0;

    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] == '-' || name.at[i] == '_' || name.at[i] == ' ')
            continue;
        if (len == NAME_MAX)
            return (struct text){0};
        out[len++] = text_lower_char(name.at[i]);
    }
    return (struct text){out, len};
}

const struct json_redact *json_redact_new(struct pool *pool, const struct text *more, size_t count)
{
    struct json_redact *redact = pool_take(pool, sizeof(*redact));
    char room[NAME_MAX];

    redact->names = pool_take(pool, (DEFAULTS + count) * sizeof(*redact->names));
    redact->count = 0;
    for (size_t i = 0; i < DEFAULTS; i++)
        redact->names[redact->count++] = text_of(defaults[i]);
    for (size_t i = 0; i < count; i++) {
        struct text name = plain_name(more[i], room);
        if (name.len > 0)
            redact->names[redact->count++] = pool_text(pool, name);
    }
    return redact;
}

static bool has_end(struct text name)
{
    for (size_t i = 0; ends[i] != NULL; i++) {
        struct text end = text_of(ends[i]);
        if (name.len > end.len && text_equal(text_after(name, name.len - end.len), end))
            return true;
    }
    return false;
}

static bool has_word(const struct json_redact *redact, struct text word)
{
    char room[NAME_MAX];
    struct text name = plain_name(word, room);

    for (size_t i = 0; i < redact->count; i++)
        if (name.len > 0 && text_equal(redact->names[i], name))
            return true;
    return has_end(name);
}

static bool ends_word(char c) { return c == '.' || c == '[' || c == ']'; }

bool json_redact_has(const struct json_redact *redact, struct text name)
{
    size_t begin = 0;

    if (has_word(redact, name))
        return true;
    for (size_t i = 0; i <= name.len; i++) {
        if (i < name.len && !ends_word(name.at[i]))
            continue;
        if (i - begin < name.len && has_word(redact, (struct text){name.at + begin, i - begin}))
            return true;
        begin = i + 1;
    }
    return false;
}

/* JSON. */

static bool is_same(struct text a, struct text b) { return a.at == b.at && a.len == b.len; }

/* Prints a string whose text between the quotes is ${inside}. Strings without a secret keep their
 * escapes. */
static void put_string(const struct json_redact *redact, struct text inside, struct json_print *out)
{
    bool has_escapes = memchr(inside.at, '\\', inside.len) != NULL;
    struct text text = has_escapes ? json_unescape(inside, out->pool) : inside;
    struct text shown = json_redact_text(redact, text, out->pool);

    if (!is_same(text, shown)) {
        json_print_string(out, shown);
        return;
    }
    json_print_raw(out, TEXT("\""));
    json_print_raw(out, inside);
    json_print_raw(out, TEXT("\""));
}

/* Prints the string at ${at}. When it is the name of a secret, its value is not printed. Returns
 * where the text goes on. Only the name of a member is followed by a colon. */
static const char *copy_string(const struct json_redact *redact, const char *at, const char *end,
                               struct json_print *out)
{
    const char *after = json_skip_string(at, end), *colon = json_skip_space(after, end);
    struct text inside = {at + 1, (size_t)(after - at) - 2};

    put_string(redact, inside, out);
    if (colon == end || *colon != ':' || !json_redact_has(redact, json_unescape(inside, out->pool)))
        return after;
    json_print_raw(out, TEXT(":\"" JSON_REDACT_WORD "\""));
    return json_skip_value(json_skip_space(colon + 1, end), end);
}

static struct text copy_json(const struct json_redact *redact, struct text body, struct pool *pool)
{
    const char *at = body.at, *end = body.at + body.len;
    struct json_print out;

    json_print_init(&out, pool);
    while (at < end) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        if (quote == NULL)
            quote = end;
        json_print_raw(&out, (struct text){at, (size_t)(quote - at)});
        at = quote == end ? end : copy_string(redact, quote, end, &out);
    }
    return json_print_text(&out);
}

struct text json_redact_body(const struct json_redact *redact, struct text body, struct pool *pool)
{
    if (json_scan_accepts(body.at, body.len, JSON_DEPTH_MAX))
        return copy_json(redact, body, pool);
    return json_redact_text(redact, body, pool);
}
