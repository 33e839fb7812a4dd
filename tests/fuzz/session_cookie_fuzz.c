/*
 * Reads any bytes as what browsers and Redis keep for a session: the field Cookie, a sealed text,
 * the bytes of a session, and the answer of a login service. The first byte says as which of them.
 */
#include "bff/session/session.h"
#include "bff/session/session_cookie.h"
#include "bff/session/session_seal.h"
#include "bff/session/session_tokens.h"

#include "tests/fuzz/chance.h"

#define NAME "__Host-bff"

static const struct session_cookie cookie = {{NAME, sizeof(NAME) - 1}, true, SESSION_LAX};

/* Services get no cookie of ours, and each byte of theirs once. */
static void check_others(const struct session_cookies *got, struct text field, struct pool *pool)
{
    struct session_cookies again;

    if (got->others.at == NULL)
        return;
    must(got->others.len <= 2 * field.len); /* ";" becomes "; " */
    session_cookie_read(&cookie, got->others, pool, &again);
    must(!again.is_ours && again.others.at == NULL && again.value.at == NULL);
}

static void check_cookies(struct text field, struct pool *pool)
{
    struct session_cookie_lines lines;
    struct session_cookies got;

    session_cookie_read(&cookie, field, pool, &got);
    must(got.pieces <= SESSION_COOKIE_PIECES_MAX);
    must(got.is_ours == (got.pieces > 0));
    must(!got.is_torn || got.value.at == NULL);
    must(got.value.at == NULL || (got.is_ours && got.value.len > 0 && got.value.len <= field.len));
    check_others(&got, field, pool);
    session_cookie_clear(&cookie, got.pieces, pool, &lines);
    must(lines.count == (got.pieces > 0 ? got.pieces : 1));
}

/* A value comes back from the cookies that have been set, whatever old pieces are there. */
static void check_round_trip(struct text value, struct pool *pool)
{
    struct session_cookie_lines lines;
    struct session_cookies got;
    struct text field = TEXT(NAME "-9=old");

    for (size_t i = 0; i < value.len; i++)
        if (value.at[i] <= ' ' || value.at[i] == ';' || value.at[i] == '.' || value.at[i] == 0x7f)
            return;
    if (value.len == 0 || session_cookie_set(&cookie, value, 0, pool, &lines) != 0)
        return;
    for (size_t i = 0; i < lines.count && lines.count < 9; i++) {
        struct text rest = lines.rows[i], pair = text_cut(&rest, ';');
        field = pool_print(pool, "%.*s; %.*s", TEXT_ARGS(field), TEXT_ARGS(pair));
    }
    session_cookie_read(&cookie, field, pool, &got);
    must(lines.count >= 9 || text_equal(got.value, value));
}

/* Nobody can write a sealed text without the key. */
static void check_sealed(const struct session_seal *seal, struct text sealed, struct pool *pool)
{
    struct text content;

    must(session_seal_open(seal, cookie.name, sealed, pool, &content) != 0);
    must(session_seal_open(seal, cookie.name, session_seal_close(seal, cookie.name, sealed, pool),
                           pool, &content) == 0);
    must(text_equal(content, sealed));
}

/* Bytes that are read are those that would be written. */
static void check_session(struct text bytes, struct pool *pool)
{
    struct session session;

    if (session_read(bytes, &session) != 0)
        return;
    must(session.id.len == SESSION_ID_CHARS && session.user.len > 0);
    must(text_equal(session_write(&session, pool), bytes));
}

/* What is left of an answer is JSON without tokens at the places where they were. */
static void check_answer(struct text body, struct pool *pool)
{
    static const struct session_login_settings settings = {
        .token = "token", .refresh_token = "data.refresh", .expires_in = "expiresIn"};
    struct session_tokens tokens, again;

    if (body.len == 0 || !json_scan_accepts(body.at, body.len, 64))
        return;
    session_tokens_read(json_of(body), &settings, pool, &tokens);
    must(tokens.expires_in_s >= 0);
    struct text rest = session_tokens_rest(json_of(body), &settings, pool);
    must(rest.len <= body.len && json_scan_accepts(rest.at, rest.len, 64));
    session_tokens_read(json_of(rest), &settings, pool, &again);
    must(again.access.at == NULL && again.refresh.at == NULL);
    must(again.expires_in_s == tokens.expires_in_s);
    session_tokens_until_s(session_tokens_claims(body, pool));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct session_seal *seal;
    const struct text secret = TEXT("a secret of the fuzzer, 32 bytes long");

    if (size == 0)
        return 0;
    if (seal == NULL)
        seal = session_seal_new(&secret, 1, "fuzz");
    struct pool *pool = pool_new();
    struct text rest = {(const char *)data + 1, size - 1};
    if (data[0] == 'c')
        check_cookies(rest, pool);
    if (data[0] == 'v')
        check_round_trip(rest, pool);
    if (data[0] == 's')
        check_sealed(seal, rest, pool);
    if (data[0] == 'b')
        check_session(rest, pool);
    if (data[0] == 'a')
        check_answer(rest, pool);
    pool_free(pool);
    return 0;
}
