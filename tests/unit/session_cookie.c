/* Tests of the cookies of sessions: which are read, what services get, and what is set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bff/session/session_cookie.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct session_cookie cookie = {{"__Host-bff", 10}, true, SESSION_LAX};

static struct pool *pool;

static int set_up(void **state)
{
    (void)state;
    pool = pool_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pool_free(pool);
    return 0;
}

/* NULL: absent. */
static const struct {
    const char *why, *field, *value, *others;
    unsigned pieces;
    bool is_ours, is_torn;
} fields[] = {
    {"no field", NULL, NULL, NULL, 0, false, false},
    {"an empty field", "", NULL, NULL, 0, false, false},
    {"cookies of others", "a=1; b=2", NULL, NULL, 0, false, false},
    {"ours alone", "__Host-bff=x", "x", "", 1, true, false},
    {"ours between others", "a=1; __Host-bff=x; b=2", "x", "a=1; b=2", 1, true, false},
    {"without a space", "a=1;__Host-bff=x;b=2", "x", "a=1; b=2", 1, true, false},
    {"an empty value", "__Host-bff=", NULL, "", 1, true, false},
    {"no value", "__Host-bff", NULL, "", 1, true, false},
    {"twice", "__Host-bff=x; __Host-bff=y", NULL, "", 1, true, true},
    {"twice the same", "__Host-bff=x; __Host-bff=x", NULL, "", 1, true, true},
    {"twice, once without a value", "__Host-bff; __Host-bff=x", NULL, "", 1, true, true},
    {"another case", "__host-bff=x", NULL, NULL, 0, false, false},
    {"a longer name", "__Host-bffx=x", NULL, NULL, 0, false, false},
    {"without the prefix", "bff=x", NULL, NULL, 0, false, false},
    {"a name in the value of another", "a=__Host-bff=x", NULL, NULL, 0, false, false},
    {"a name in quotes", "\"__Host-bff\"=x", NULL, NULL, 0, false, false},
    {"quotes belong to the value", "__Host-bff=\"x\"", "\"x\"", "", 1, true, false},
    {"a name in quotes of another", "a=\"1; __Host-bff=x\"", "x\"", "a=\"1", 1, true, false},
    {"$Version", "$Version=1; __Host-bff=x; $Path=/", "x", "$Version=1; $Path=/", 1, true, false},
    {"empty pairs", ";; a=1;;__Host-bff=x; ;", "x", "a=1", 1, true, false},
    {"a tab around the name", "\t__Host-bff\t=\tx\t", "x", "", 1, true, false},
    {"a comma", "a=1, __Host-bff=x", NULL, NULL, 0, false, false},
    {"a no-break space before the name", "\xa0__Host-bff=x", NULL, NULL, 0, false, false},
    {"two pieces", "__Host-bff=2.x; __Host-bff-2=y", "xy", "", 2, true, false},
    {"two pieces in another order", "__Host-bff-2=y; a=1; __Host-bff=2.x", "xy", "a=1", 2, true,
     false},
    {"an old third piece", "__Host-bff=2.x; __Host-bff-2=y; __Host-bff-3=z", "xy", "", 3, true,
     false},
    {"an old second piece", "__Host-bff=x; __Host-bff-2=y", "x", "", 2, true, false},
    {"a missing piece", "__Host-bff=3.x; __Host-bff-3=z", NULL, "", 3, true, false},
    {"a missing first piece", "__Host-bff-2=y", NULL, "", 2, true, false},
    {"a piece twice", "__Host-bff=2.x; __Host-bff-2=y; __Host-bff-2=z", NULL, "", 2, true, true},
    {"a count of one", "__Host-bff=1.x", NULL, "", 1, true, false},
    {"a count of none", "__Host-bff=.x", NULL, "", 1, true, false},
    {"too large a count", "__Host-bff=19.x", NULL, "", 1, true, false},
    {"a count with a zero", "__Host-bff=02.x; __Host-bff-2=y", NULL, "", 2, true, false},
    {"a piece with a zero", "__Host-bff=2.x; __Host-bff-02=y", NULL, "__Host-bff-02=y", 1, true,
     false},
    {"piece 1 is not written so", "__Host-bff-1=x", NULL, NULL, 0, false, false},
    {"too large a number", "__Host-bff-19=x", NULL, NULL, 0, false, false},
    {"a login under way", "a=1; __Host-bff-login-abc=t", NULL, "a=1", 0, false, false},
    {"a cookie that only looks like one", "__Host-bff-logins=t", NULL, NULL, 0, false, false},
};

static void assert_text(const char *why, struct text got, const char *want)
{
    if ((got.at == NULL) != (want == NULL) || (want != NULL && !text_is(got, want)))
        fail_msg("%s: \"%.*s\" and not \"%s\"", why, TEXT_ARGS(got), want == NULL ? "-" : want);
}

static void test_reading(void **state)
{
    struct session_cookies got;

    (void)state;
    for (size_t i = 0; i < COUNT(fields); i++) {
        session_cookie_read(&cookie, text_of(fields[i].field), pool, &got);
        assert_text(fields[i].why, got.value, fields[i].value);
        assert_text(fields[i].why, got.others, fields[i].others);
        if (got.pieces != fields[i].pieces || got.is_ours != fields[i].is_ours ||
            got.is_torn != fields[i].is_torn)
            fail_msg("%s: %u pieces, %d, %d", fields[i].why, got.pieces, got.is_ours, got.is_torn);
    }
}

/* As a browser: "name=value" of each line that does not clear. */
static struct text field_of(const struct session_cookie_lines *lines)
{
    struct text field = TEXT("theme=dark");

    for (size_t i = 0; i < lines->count; i++) {
        struct text rest = lines->rows[i], pair = text_cut(&rest, ';');
        if (memmem(rest.at, rest.len, "Max-Age=0", 9) == NULL)
            field = pool_print(pool, "%.*s; %.*s", TEXT_ARGS(field), TEXT_ARGS(pair));
    }
    return field;
}

static struct text letters(size_t len)
{
    char *at = pool_take(pool, len + 1);

    for (size_t i = 0; i < len; i++)
        at[i] = (char)('a' + i % 26);
    return (struct text){at, len};
}

/* Each length comes back, also around those of whole pieces. No cookie is too long for a
 * browser. */
static void test_pieces(void **state)
{
    struct session_cookie_lines lines;
    struct session_cookies got;

    (void)state;
    for (size_t len = 1; len <= SESSION_COOKIE_PIECE * SESSION_COOKIE_PIECES_MAX;
         len += len % SESSION_COOKIE_PIECE < 2 ? 1 : SESSION_COOKIE_PIECE - 2) {
        assert_int_equal(session_cookie_set(&cookie, letters(len), 0, pool, &lines), 0);
        session_cookie_read(&cookie, field_of(&lines), pool, &got);
        assert_true(text_equal(got.value, letters(len)));
        assert_int_equal(got.pieces, lines.count);
        assert_true(text_is(got.others, "theme=dark"));
        for (size_t i = 0; i < lines.count; i++)
            assert_true(lines.rows[i].len < 4096);
    }
    assert_int_equal(
        session_cookie_set(&cookie, letters(SESSION_COOKIE_PIECE * SESSION_COOKIE_PIECES_MAX + 1),
                           0, pool, &lines),
        -1);
}

static void test_lines(void **state)
{
    static const struct session_cookie strict = {{"__Host-bff", 10}, true, SESSION_STRICT};
    static const struct session_cookie plain = {{"bff", 3}, false, SESSION_LAX};
    struct session_cookie_lines lines;

    (void)state;
    session_cookie_set(&strict, TEXT("x"), 3, pool, &lines);
    assert_int_equal(lines.count, 3);
    assert_text("set", lines.rows[0], "__Host-bff=x; Path=/; HttpOnly; SameSite=Strict; Secure");
    assert_text("the rest is cleared", lines.rows[2],
                "__Host-bff-3=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0");
    session_cookie_clear(&plain, 0, pool, &lines);
    assert_int_equal(lines.count, 1);
    assert_text("cleared", lines.rows[0], "bff=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    session_cookie_clear(&cookie, 2, pool, &lines);
    assert_int_equal(lines.count, 2);
    assert_text("a login", session_cookie_login_line(&strict, TEXT("a"), TEXT("t"), 600, pool),
                "__Host-bff-login-a=t; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600");
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(reading), TEST(pieces), TEST(lines)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
