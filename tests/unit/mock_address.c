/* Tests of the addresses of real services. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "fixtures/mock_address.h"

static const struct {
    const char *url, *host, *port, *authority, *joined; /* joined with "/a?b" */
} good[] = {
    {"http://a", "a", "80", "a", "/a?b"},
    {"https://reviews.internal", "reviews.internal", "443", "reviews.internal", "/a?b"},
    {"HTTPS://a:8443/", "a", "8443", "a:8443", "/a?b"},
    {"http://127.0.0.1:3000/v2", "127.0.0.1", "3000", "127.0.0.1:3000", "/v2/a?b"},
    {"http://a/v2//", "a", "80", "a", "/v2/a?b"},
    {"http://[::1]:3000/v2", "::1", "3000", "[::1]:3000", "/v2/a?b"},
    {"http://[::1]", "::1", "80", "[::1]", "/a?b"},
};

static void reads_urls(void **state)
{
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct mock_address address;
        struct text_builder joined = {0};
        const char *wrong = mock_address_read(text_of(good[i].url), &address);
        if (wrong != NULL)
            fail_msg("%s: %s", good[i].url, wrong);
        mock_address_join(&address, TEXT("/a?b"), &joined);
        assert_string_equal(address.host, good[i].host);
        assert_string_equal(address.port, good[i].port);
        assert_true(text_is(mock_address_authority(&address), good[i].authority));
        assert_true(text_is(text_builder_text(&joined), good[i].joined));
        text_builder_free(&joined);
    }
}

static const char *const wrong_urls[] = {
    "",
    "a",
    "ftp://a",
    "http://",
    "http:///a",
    "http://a:0",
    "http://a:x",
    "http://a:",
    "http://a:65536",
    "http://u@a",
    "http://u:p@a",
    "http://a/?q",
    "http://a?q",
    "http://a#f",
    "http://a b",
    "http://a\r\nX: y",
    "http://[::1",
    "http://[::1]x",
    "http://[a]",
    "http://a\"",
    "http://a\\b",
    "http://\xc3\xa4",
};

static void refuses_what_is_no_url_of_a_service(void **state)
{
    struct mock_address address;
    char longest[MOCK_ADDRESS_MAX + 2];

    for (size_t i = 0; i < sizeof(wrong_urls) / sizeof(wrong_urls[0]); i++)
        if (mock_address_read(text_of(wrong_urls[i]), &address) == NULL)
            fail_msg("%s", wrong_urls[i]);
    memset(longest, 'a', sizeof(longest));
    memcpy(longest, "http://a/", strlen("http://a/"));
    assert_null(mock_address_read((struct text){longest, MOCK_ADDRESS_MAX}, &address));
    assert_non_null(mock_address_read((struct text){longest, MOCK_ADDRESS_MAX + 1}, &address));
}

static void knows_targets(void **state)
{
    assert_true(mock_address_is_target(TEXT("/")));
    assert_true(mock_address_is_target(TEXT("/a/../b?c=%20&d")));
    assert_false(mock_address_is_target(TEXT("")));
    assert_false(mock_address_is_target(TEXT("*")));
    assert_false(mock_address_is_target(TEXT("http://a/")));
    assert_false(mock_address_is_target(TEXT("/a b")));
    assert_false(mock_address_is_target(TEXT("/a\r\nb")));
    assert_false(mock_address_is_target(TEXT("/\x80")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_urls),
        cmocka_unit_test(refuses_what_is_no_url_of_a_service),
        cmocka_unit_test(knows_targets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
