/* See session_cookie.h. */
#include "bff/base/text_builder.h"
#include "bff/session/session_cookie.h"

#define LOGIN TEXT("-login-")
#define NO_PIECE 0u
#define COUNT_DIGITS 2 /* of SESSION_COOKIE_PIECES_MAX */

/* Names. */

/* Returns the number of the piece whose cookie is ${name}; NO_PIECE for another cookie. A number
 * has only one spelling, so that no two cookies are the same piece. */
static unsigned piece_of(const struct session_cookie *cookie, struct text name)
{
    uint64_t number;

    if (!text_starts(name, cookie->name))
        return NO_PIECE;
    struct text rest = text_after(name, cookie->name.len);
    if (rest.len == 0)
        return 1;
    if (rest.at[0] != '-' || rest.len < 2 || rest.at[1] == '0' ||
        text_number(text_after(rest, 1), SESSION_COOKIE_PIECES_MAX, &number) != 0 || number < 2)
        return NO_PIECE;
    return (unsigned)number;
}

static bool is_of_login(const struct session_cookie *cookie, struct text name)
{
    return text_starts(name, cookie->name) &&
           text_starts(text_after(name, cookie->name.len), LOGIN);
}

/* Browsers send a cookie without a name as its value, which may look like a name and a value. */
bool session_cookie_is_set_by(const struct session_cookie *cookie, struct text line)
{
    struct text rest = text_cut(&line, ';'), name = text_trim(text_cut(&rest, '='));

    if (name.len == 0 && rest.at != NULL)
        name = text_trim(text_cut(&rest, '='));
    return piece_of(cookie, name) != NO_PIECE || is_of_login(cookie, name);
}

static struct text piece_name(const struct session_cookie *cookie, unsigned piece,
                              struct pool *pool)
{
    if (piece == 1)
        return cookie->name;
    return pool_print(pool, "%.*s-%u", TEXT_ARGS(cookie->name), piece);
}

/* Reading. */

/* The pieces that have been found. */
struct pieces {
    struct text rows[SESSION_COOKIE_PIECES_MAX + 1]; /* by their numbers, from 1 */
};

static void take(struct session_cookies *out, struct pieces *pieces, unsigned piece,
                 struct text value)
{
    out->is_ours = true;
    out->is_torn = out->is_torn || pieces->rows[piece].at != NULL;
    pieces->rows[piece] = value;
    if (piece > out->pieces)
        out->pieces = piece;
}

/* Adds a cookie of others to what services get. */
static void pass(struct text_builder *others, struct text pair)
{
    if (others->len > 0)
        text_builder_add(others, TEXT("; "));
    text_builder_add(others, pair);
}

/* Cuts "3." from the beginning of the first piece. Without such a number, there is one piece.
 * Returns 0 for a number that is not possible. */
static unsigned cut_count(struct text *first)
{
    struct text rest = *first, digits = text_cut(&rest, '.');
    uint64_t count;

    if (rest.at == NULL)
        return 1;
    if (digits.len > COUNT_DIGITS || text_number(digits, SESSION_COOKIE_PIECES_MAX, &count) != 0 ||
        count < 2 || digits.at[0] == '0')
        return 0;
    *first = rest;
    return (unsigned)count;
}

/* Returns the joined pieces; absent when one is missing. */
static struct text join(struct pieces *pieces, struct pool *pool)
{
    struct text first = pieces->rows[1];
    struct text_builder out;

    if (first.len == 0)
        return (struct text){0};
    unsigned count = cut_count(&first);
    if (count <= 1)
        return count == 1 ? first : (struct text){0};
    text_builder_init(&out, pool, count * SESSION_COOKIE_PIECE);
    text_builder_add(&out, first);
    for (unsigned i = 2; i <= count; i++) {
        if (pieces->rows[i].len == 0)
            return (struct text){0};
        text_builder_add(&out, pieces->rows[i]);
    }
    return text_builder_text(&out);
}

void session_cookie_read(const struct session_cookie *cookie, struct text field, struct pool *pool,
                         struct session_cookies *out)
{
    struct pieces pieces = {0};
    struct text_builder others;
    bool is_hidden = false; /* services do not get all cookies */

    *out = (struct session_cookies){0};
    text_builder_init(&others, pool, field.len);
    while (field.at != NULL) {
        struct text pair = text_trim(text_cut(&field, ';')), value = pair;
        struct text name = text_trim(text_cut(&value, '='));
        unsigned piece = piece_of(cookie, name);
        bool is_ours = piece != NO_PIECE || is_of_login(cookie, name);
        if (piece != NO_PIECE)
            take(out, &pieces, piece, value.at == NULL ? TEXT("") : text_trim(value));
        is_hidden = is_hidden || is_ours;
        if (!is_ours && pair.len > 0)
            pass(&others, pair);
    }
    if (is_hidden)
        out->others = others.len > 0 ? text_builder_text(&others) : TEXT("");
    if (!out->is_torn)
        out->value = join(&pieces, pool);
}

/* Writing. */

static void put_flags(const struct session_cookie *cookie, bool is_strict, struct text_builder *out)
{
    text_builder_add(out, TEXT("; Path=/; HttpOnly; SameSite="));
    text_builder_add(out, is_strict ? TEXT("Strict") : TEXT("Lax"));
    if (cookie->is_secure)
        text_builder_add(out, TEXT("; Secure"));
}

static void put_pair(struct text_builder *out, struct text name, struct text value)
{
    text_builder_add(out, name);
    text_builder_add(out, TEXT("="));
    text_builder_add(out, value);
}

/* Adds a line with the value ${count}, a dot if there are several, and ${bytes}. */
static void add_line(const struct session_cookie *cookie, struct pool *pool, struct text count,
                     struct text bytes, struct session_cookie_lines *lines)
{
    struct text_builder out;

    text_builder_init(&out, pool, cookie->name.len + bytes.len + 64);
    put_pair(&out, piece_name(cookie, (unsigned)lines->count + 1, pool), count);
    text_builder_add(&out, bytes);
    put_flags(cookie, cookie->same_site == SESSION_STRICT, &out);
    lines->rows[lines->count++] = text_builder_text(&out);
}

static void add_clearing(const struct session_cookie *cookie, unsigned pieces, struct pool *pool,
                         struct session_cookie_lines *lines)
{
    while (lines->count < pieces && lines->count < SESSION_COOKIE_PIECES_MAX) {
        struct text_builder out;
        text_builder_init(&out, pool, 96);
        put_pair(&out, piece_name(cookie, (unsigned)lines->count + 1, pool), TEXT(""));
        put_flags(cookie, cookie->same_site == SESSION_STRICT, &out);
        text_builder_add(&out, TEXT("; Max-Age=0"));
        lines->rows[lines->count++] = text_builder_text(&out);
    }
}

int session_cookie_set(const struct session_cookie *cookie, struct text value, unsigned pieces,
                       struct pool *pool, struct session_cookie_lines *out)
{
    size_t count = (value.len + SESSION_COOKIE_PIECE - 1) / SESSION_COOKIE_PIECE;

    out->count = 0;
    if (count > SESSION_COOKIE_PIECES_MAX)
        return -1;
    for (size_t at = 0; at < value.len; at += SESSION_COOKIE_PIECE) {
        size_t left = value.len - at;
        struct text bytes = {value.at + at,
                             left < SESSION_COOKIE_PIECE ? left : SESSION_COOKIE_PIECE};
        bool is_counted = at == 0 && count > 1;
        add_line(cookie, pool, is_counted ? pool_print(pool, "%zu.", count) : TEXT(""), bytes, out);
    }
    add_clearing(cookie, pieces, pool, out);
    return 0;
}

void session_cookie_clear(const struct session_cookie *cookie, unsigned pieces, struct pool *pool,
                          struct session_cookie_lines *out)
{
    out->count = 0;
    add_clearing(cookie, pieces > 0 ? pieces : 1, pool, out);
}

struct text session_cookie_login_name(const struct session_cookie *cookie, struct text suffix,
                                      struct pool *pool)
{
    struct text login = LOGIN;

    return pool_print(pool, "%.*s%.*s%.*s", TEXT_ARGS(cookie->name), TEXT_ARGS(login),
                      TEXT_ARGS(suffix));
}

struct text session_cookie_login_line(const struct session_cookie *cookie, struct text suffix,
                                      struct text value, unsigned seconds, struct pool *pool)
{
    struct text_builder out;

    text_builder_init(&out, pool, value.len + 128);
    put_pair(&out, session_cookie_login_name(cookie, suffix, pool), value);
    put_flags(cookie, false, &out);
    text_builder_add(&out, TEXT("; Max-Age="));
    text_builder_size(&out, seconds);
    return text_builder_text(&out);
}
