/* Open redirects: where a browser may go after a login. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/session/oidc_return.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void expect(const char *url, bool is_safe)
{
    if (oidc_return_is_safe(text_of(url)) != is_safe)
        fail_msg("%s: %s", is_safe ? "refused" : "accepted", url == NULL ? "" : url);
}

static const char *const good[] = {
    "/",
    "/cart",
    "/cart/",
    "/a/b/c",
    "/a//b",
    "/cart?x=1&y=//evil.example",
    "/?returnUrl=https://a",
    "/#/cart",
    "/a#//evil.example",
    "/caf%C3%A9",
    "/a%20b",
    "/a/%2F/b",
    "/.well-known/x",
    "/...",
    "/a.b/..c",
    "/%41",
    "/@evil.example",
    "/a:b@c",
    "/http://a",
    "/;a=b",
    "/a%25",
};

static void test_good(void **state)
{
    for (size_t i = 0; i < COUNT(good); i++) {
        expect(good[i], true);
    }
}

static const char *const bad[] = {
    "",
    "cart",
    "evil.example",
    "https:/cart",
    "https:cart",
    "https:",
    "http:\\\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "?x",
    "#x",
    "./cart",
    "../cart",
    "mailto:a@b",
    "/a b",
    "/a\tb",
    "/a\nb",
    "/a\rb",
    "/a\x7f",
    "/\x01",
    "/caf\xc3\xa9",
    "/a\\b",
    "/a?b\\c",
    "/%0d%0aSet-Cookie:a=b",
    "/%00",
    "/%7f",
    "/a%",
    "/a%2",
    "/a%zz",
    "/%5c%5cevil.example",
    "/./cart",
    "/../cart",
    "/a/../b",
    "/a/./b",
    "/a/..",
    "/.",
    "/..",
    "/%2e/b",
    "/%2e%2e/b",
    "/a/%2E%2e",
    "/.%2e/",
    "/\xe3\x80\x82"
    "evil.example",
    "/\xef\xbc\x8f"
    "evil.example",
    " /",
    "\t/",
};

static void test_bad(void **state)
{
    for (size_t i = 0; i < COUNT(bad); i++) {
        expect(bad[i], false);
    }
    assert_false(oidc_return_is_safe((struct text){0}));
    assert_false(oidc_return_is_safe((struct text){"/a\0b", 4}));
}

/* All ways to write the two slashes of another origin, and what may stand around them. */
static const char *const before[] = {"",       " ",     "\t",   "\n",     "\r\n", "\x01",
                                     "https:", "http:", "ftp:", "HTTPS:", "x:",   "/.",
                                     "/..",    "/%2e",  "%2f",  "%5c"};
static const char *const slashes[] = {"//",     "///",   "/\\",   "\\/",  "\\\\",   "/\t/", "/\n/",
                                      "/\r/",   "/%09/", "/%0a/", "/%2f", "/%2F",   "/%5c", "/%5C",
                                      "%2f%2f", "/%2f/", "/%00/", "/ /",  "/\x7f/", "//%2f"};
static const char *const hosts[] = {
    "evil.example", "user@evil.example", "evil.example:443", "shop.example@evil.example",
    "[::1]",        "2130706433",        "%65vil.example",   "evil.example/%2e%2e"};

static void test_combinations(void **state)
{
    char url[256];
    size_t count = 0;

    for (size_t i = 0; i < COUNT(before); i++)
        for (size_t j = 0; j < COUNT(slashes); j++)
            for (size_t k = 0; k < COUNT(hosts); k++, count++) {
                snprintf(url, sizeof(url), "%s%s%s", before[i], slashes[j], hosts[k]);
                expect(url, false);
            }
    assert_true(count > 2000);
}

static void test_length(void **state)
{
    char url[OIDC_RETURN_MAX + 1];

    memset(url, 'a', sizeof(url));
    url[0] = '/';
    assert_true(oidc_return_is_safe((struct text){url, OIDC_RETURN_MAX}));
    assert_false(oidc_return_is_safe((struct text){url, OIDC_RETURN_MAX + 1}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_combinations),
        cmocka_unit_test(test_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
