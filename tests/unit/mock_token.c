/* Tests of the mock's tokens: they follow RFC 7515 and RFC 7519, and a refresh token can be used
 * once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixtures/mock_refresh.h"
#include "fixtures/mock_token.h"

#define NOW INT64_C(1767225600)
#define SECRET TEXT("a secret of the mocks")

static struct pool *pool;
static const struct mock_account second = {
    .id = {"u2", 2}, .role = {"admin", 5}, .email = {"b@x", 3}, .password = {"pb", 2}};
static const struct mock_account first = {.id = {"u1", 2},
                                          .role = {"customer", 8},
                                          .email = {"a@x", 3},
                                          .password = {"pa", 2},
                                          .next = &second};

/* RFC 4648, section 10, without its padding; and the two digits that base64url has of its own. */
static const struct {
    const char *bytes, *want;
} encoded[] = {
    {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
    {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"},
};

static void bytes_become_base64url(void **state)
{
    for (size_t i = 0; i < sizeof(encoded) / sizeof(encoded[0]); i++) {
        struct text got = mock_token_base64url(text_of(encoded[i].bytes), pool);
        if (!text_is(got, encoded[i].want))
            fail_msg("%s: %.*s", encoded[i].bytes, TEXT_ARGS(got));
    }
}

/* Reckoned with Python's hmac and base64. */
static void a_token_is_a_jwt(void **state)
{
    struct text claims = mock_token_claims(&first, NULL, NOW, MOCK_TOKEN_S, pool);
    struct text token = mock_token_make(claims, SECRET, pool);

    assert_true(text_is(token, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
                               "eyJpZCI6InUxIiwic3ViIjoidTEiLCJyb2xlIjoiY3VzdG9tZXIiLCJpYXQi"
                               "OjE3NjcyMjU2MDAsImV4cCI6MTc2NzIyOTIwMH0."
                               "ICH-nDhyVGYXq-S-Mb5XL-bfnzyj-CT5mfpNGkKpHxc"));
}

static void base64url_becomes_bytes(void **state)
{
    for (size_t i = 0; i < sizeof(encoded) / sizeof(encoded[0]); i++) {
        struct text got;
        assert_int_equal(mock_token_decode(text_of(encoded[i].want), pool, &got), 0);
        assert_true(text_is(got, encoded[i].bytes));
    }
}

static struct mock_refresh *families;
static const struct mock_refresh_terms terms = {.account = &second, .expires_s = 5};

static struct text begin_family(void)
{
    return mock_refresh_begin(families, &terms, SECRET, NOW, pool);
}

/* Uses ${token} at ${now_s}. Returns the next one; absent: it was refused. */
static struct text use(struct text token, struct text secret, int64_t now_s)
{
    struct mock_refresh_terms found = {0};
    struct text next = mock_refresh_use(families, token, secret, now_s, &found, pool);

    if (next.at != NULL) {
        assert_ptr_equal(found.account, &second);
        assert_int_equal(found.expires_s, 5);
    }
    return next;
}

static void a_refresh_token_gives_the_next_one(void **state)
{
    struct text token = begin_family();

    for (int i = 0; i < 20; i++) {
        struct text next = use(token, SECRET, NOW + MOCK_REFRESH_S - 1);
        assert_non_null(next.at);
        assert_false(text_equal(next, token));
        token = next;
    }
    assert_null(use(token, SECRET, NOW + MOCK_REFRESH_S).at);
}

static void a_used_token_ends_its_family(void **state)
{
    struct text old = begin_family(), other = begin_family();
    struct text next = use(old, SECRET, NOW);

    assert_null(use(old, SECRET, NOW).at);
    assert_null(use(next, SECRET, NOW).at);
    assert_non_null(use(other, SECRET, NOW).at);
}

static void the_oldest_family_makes_room(void **state)
{
    struct text oldest = begin_family(), next = begin_family();

    for (int i = 1; i < MOCK_REFRESH_FAMILIES; i++)
        begin_family();
    assert_null(use(oldest, SECRET, NOW).at);
    next = begin_family();
    assert_non_null(use(next, SECRET, NOW).at);
}

static const char *const strangers[] = {
    "",
    "0",
    "0.x",
    "4096.0.0.x",
    "-1.0.0.x",
    "0..0.",
    "0.0.0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
};

static void strangers_hold_nothing(void **state)
{
    struct text token = begin_family();
    struct text access =
        mock_token_make(mock_token_claims(&first, NULL, NOW, 5, pool), SECRET, pool);

    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
        assert_null(use(text_of(strangers[i]), SECRET, NOW).at);
    assert_null(use(access, SECRET, NOW).at);
    assert_null(use(token, TEXT("another secret"), NOW).at);
    assert_non_null(use(token, SECRET, NOW).at);
}

static void a_password_belongs_to_its_account(void **state)
{
    assert_ptr_equal(mock_accounts_find(&first, TEXT("b@x"), TEXT("pb")), &second);
    assert_null(mock_accounts_find(&first, TEXT("b@x"), TEXT("pa")));
    assert_null(mock_accounts_find(&first, TEXT("c@x"), TEXT("pb")));
    assert_null(mock_accounts_find(&first, TEXT("b@x"), TEXT("")));
}

static int begin(void **state)
{
    pool = pool_new();
    families = mock_refresh_new();
    return 0;
}

static int end(void **state)
{
    mock_refresh_free(families);
    pool_free(pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_become_base64url),
        cmocka_unit_test(a_token_is_a_jwt),
        cmocka_unit_test(base64url_becomes_bytes),
        cmocka_unit_test(a_refresh_token_gives_the_next_one),
        cmocka_unit_test(a_used_token_ends_its_family),
        cmocka_unit_test(the_oldest_family_makes_room),
        cmocka_unit_test(strangers_hold_nothing),
        cmocka_unit_test(a_password_belongs_to_its_account),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
