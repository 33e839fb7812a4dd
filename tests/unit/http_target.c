/* Tests of parsing a request's target and its Host, and of which of them are valid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/http/target.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void check(const char *raw, const char *what, struct text got, const char *want)
{
    if ((want == NULL) != (got.at == NULL) || !text_is(got, want))
        fail_msg("%s of \"%s\": \"%.*s\"", what, raw, TEXT_ARGS(got));
}

static void test_forms(void **state)
{
    static const struct {
        const char *raw, *authority, *path, *query;
    } cases[] = {
        {"/a/b", NULL, "/a/b", NULL},
        {"/a?b?c", NULL, "/a", "b?c"},
        {"/?", NULL, "/", ""},
        {"*", NULL, "*", NULL},
        {"", NULL, "", NULL},
        {"a:80", NULL, "a:80", NULL},
        {"http://a/b?c", "a", "/b", "c"},
        {"HTTPS://a:1/b", "a:1", "/b", NULL},
        {"http://a", "a", "/", NULL},
        {"http://a?b/c", "a", "/", "b/c"},
        {"http:///b", "", "/b", NULL},
        {"http://", "", "/", NULL},
        {"http://a@b/c", "a@b", "/c", NULL},
        {"http:/a/b", NULL, "http:/a/b", NULL},
        {"ftp://a/b", NULL, "ftp://a/b", NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct target target = target_of(text_of(cases[i].raw));
        check(cases[i].raw, "authority", target.authority, cases[i].authority);
        check(cases[i].raw, "path", target.path, cases[i].path);
        check(cases[i].raw, "query", target.query, cases[i].query);
    }
    struct target target = target_of_path(TEXT("http://a/b?c"));
    check("http://a/b?c", "authority", target.authority, NULL);
    check("http://a/b?c", "path", target.path, "http://a/b");
}

static void test_clean(void **state)
{
    static const struct {
        const char *why, *text;
        bool want;
    } cases[] = {
        {"a path", "/a/b%20c;d=e", true},
        {"braces and bars", "/{a}|^\\\"<>", true},
        {"a space", "/a b", false},
        {"a tab", "/a\tb", false},
        {"a line feed", "/a\nb", false},
        {"DEL", "/a\x7f", false},
        {"UTF-8", "/caf\xc3\xa9", false},
        {"a fragment", "/a#b", false},
        {"nothing", "", true},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        if (target_is_clean(text_of(cases[i].text)) != cases[i].want)
            fail_msg("%s", cases[i].why);
    assert_false(target_is_clean((struct text){"a\0b", 3}));
}

static const struct {
    const char *why, *text;
    bool want;
} authorities_cases[] = {
    {"a name", "shop.example", true},
    {"capitals", "SHOP.Example", true},
    {"a dot at the end", "shop.example.", true},
    {"two dots at the end", "shop.example..", false},
    {"two dots inside", "shop..example", false},
    {"a dot first", ".shop.example", false},
    {"a dot alone", ".", false},
    {"a dot and a port", ".:80", false},
    {"two dots at the end, one encoded", "shop.example%2e.", false},
    {"two encoded dots", "shop.example%2E%2e", false},
    {"a dot at the end and a port", "shop.example.:443", true},
    {"an underscore", "my_shop", true},
    {"a port", "shop:8080", true},
    {"an empty port", "shop:", true},
    {"the highest port", "shop:65535", true},
    {"a port too high", "shop:65536", false},
    {"a port that is not valid", "shop:http", false},
    {"a signed port", "shop:+80", false},
    {"two ports", "shop:80:80", false},
    {"an address", "127.0.0.1:80", true},
    {"IPv6", "[::1]", true},
    {"IPv6 and a port", "[2001:db8::1]:443", true},
    {"IPv6 and IPv4", "[::ffff:127.0.0.1]", true},
    {"IPv6 without brackets", "::1", false},
    {"IPv6 that is not valid", "[::g]", false},
    {"IPv6 with a zone", "[fe80::1%25eth0]", false},
    {"an open bracket", "[::1", false},
    {"something behind the bracket", "[::1]a", false},
    {"nothing in brackets", "[]", false},
    {"percent-encoded", "caf%C3%A9", true},
    {"an encoded letter", "sho%70.example", true},
    {"an encoded dot", "shop%2eexample", true},
    {"an encoded colon", "shop%3a80", false},
    {"an encoded at sign", "user%40shop", false},
    {"an encoded slash", "shop%2fa", false},
    {"an encoded comma", "shop%2cother", false},
    {"an encoded NUL", "shop%00.example", false},
    {"an encoded blank", "shop%20", false},
    {"an encoded line feed", "shop%0a", false},
    {"encoded twice", "sho%2570.example", false},
    {"half encoded", "a%4", false},
    {"wrongly encoded", "a%zz", false},
    {"a percent sign", "a%", false},
    {"userinfo", "user@shop", false},
    {"a password", "user:pw@shop", false},
    {"a path", "shop/a", false},
    {"a query", "shop?a", false},
    {"a space", "sh op", false},
    {"a comma", "shop,other", false},
    {"a quote", "sh\"op", false},
    {"a backslash", "sh\\op", false},
    {"UTF-8", "caf\xc3\xa9", false},
    {"a line feed", "shop\nX: y", false},
    {"nothing", "", false},
    {"a port alone", ":80", false},
};

static void test_authorities(void **state)
{
    char longest[256];

    for (size_t i = 0; i < COUNT(authorities_cases); i++)
        if (target_is_authority(text_of(authorities_cases[i].text)) != authorities_cases[i].want)
            fail_msg("%s", authorities_cases[i].why);
    memset(longest, 'a', sizeof(longest));
    assert_true(target_is_authority((struct text){longest, 255}));
    assert_false(target_is_authority((struct text){longest, 256}));
    assert_false(target_is_authority((struct text){"a\0b", 3}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_authorities),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
