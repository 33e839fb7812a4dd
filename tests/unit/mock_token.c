/* Tests of the mock's tokens: they follow RFC 7515 and RFC 7519, and a refresh token is accepted
 * only for its own account. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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
    struct text token = mock_token_make(&first, SECRET, NOW, pool);

    assert_true(text_is(token, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
                               "eyJpZCI6InUxIiwic3ViIjoidTEiLCJyb2xlIjoiY3VzdG9tZXIiLCJpYXQi"
                               "OjE3NjcyMjU2MDAsImV4cCI6MTc2NzIyOTIwMH0."
                               "ICH-nDhyVGYXq-S-Mb5XL-bfnzyj-CT5mfpNGkKpHxc"));
}

static void a_holder_is_found(void **state)
{
    struct text refresh = mock_token_refresh(&second, SECRET, NOW, pool);
    int64_t last = NOW + MOCK_TOKEN_REFRESH_S - 1;

    assert_ptr_equal(mock_token_holder(&first, refresh, SECRET, NOW, pool), &second);
    assert_ptr_equal(mock_token_holder(&first, refresh, SECRET, last, pool), &second);
    assert_null(mock_token_holder(&first, refresh, SECRET, last + 1, pool));
    assert_null(mock_token_holder(&first, refresh, TEXT("another secret"), NOW, pool));
    assert_null(mock_token_holder(NULL, refresh, SECRET, NOW, pool));
}

static const struct {
    const char *why, *token;
} strangers[] = {
    {"nothing", ""},
    {"only an end", "1769817600"},
    {"an end without a number", "x.dTI.abc"},
    {"no signature", "1769817600.dTI."},
    {"another's signature", "1769817600.dTI.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
};

static void strangers_hold_nothing(void **state)
{
    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
        if (mock_token_holder(&first, text_of(strangers[i].token), SECRET, NOW, pool) != NULL)
            fail_msg("%s", strangers[i].why);
    assert_null(
        mock_token_holder(&first, mock_token_make(&first, SECRET, NOW, pool), SECRET, NOW, pool));
}

static void the_other_token_is_no_jwt(void **state)
{
    struct text rest = mock_token_refresh(&first, SECRET, NOW, pool);

    assert_true(text_is(text_cut(&rest, '.'), "1769817600"));
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
    return 0;
}

static int end(void **state)
{
    pool_free(pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_become_base64url),
        cmocka_unit_test(a_token_is_a_jwt),
        cmocka_unit_test(a_holder_is_found),
        cmocka_unit_test(strangers_hold_nothing),
        cmocka_unit_test(the_other_token_is_no_jwt),
        cmocka_unit_test(a_password_belongs_to_its_account),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
