/* Tests of what clients see of the addresses that a service sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/proxy/plain_rewrite.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define T(literal)                                                                                 \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

/* A route, to which the service at http://127.0.0.1:3000 belongs. */
static const struct plain_rewrite_map users = {T("/users/"), T("/api/users/")};
static const struct plain_rewrite_map products = {T("/products"), T("/api/products")};
static const struct plain_rewrite_map live = {T("/"), T("/live/")};
static const struct plain_rewrite_map same = {T("/raw/"), T("/raw/")};
static const struct plain_rewrite_map root = {T("/app/"), T("/")};

static const struct plain_rewrite_map others[] = {{T("/products/"), T("/api/products/")},
                                                  {T("/products"), T("/api/products")}};
static const struct text origins[] = {T("http://127.0.0.1:3000"), T("https://users.internal"),
                                      T("https://users.internal:443")};

static struct plain_rewrite rewrite_of(const struct plain_rewrite_map *own)
{
    return (struct plain_rewrite){.locations = true,
                                  .cookies = true,
                                  .own = *own,
                                  .maps = others,
                                  .map_count = COUNT(others),
                                  .origins = origins,
                                  .origin_count = COUNT(origins)};
}

/* want NULL: the value stays. */
static const struct {
    const char *why;
    const struct plain_rewrite_map *own;
    const char *name, *value, *want;
} cases[] = {
    {"a path", &users, "location", "/users/42", "/api/users/42"},
    {"any case of the name", &users, "Location", "/users/42", "/api/users/42"},
    {"the prefix alone", &users, "location", "/users/", "/api/users/"},
    {"with query and fragment", &users, "location", "/users/42?a=/b#c", "/api/users/42?a=/b#c"},
    {"the bytes after the prefix stay", &users, "location", "/users/a%2fb/%7e;c",
     "/api/users/a%2fb/%7e;c"},
    {"bytes over 127", &users, "location", "/users/\xc3\xa9", "/api/users/\xc3\xa9"},
    {"a URL of the service", &users, "location", "http://127.0.0.1:3000/users/42", "/api/users/42"},
    {"its scheme and host in capital letters", &users, "location",
     "HTTPS://Users.Internal/users/42", "/api/users/42"},
    {"with the port that it has anyway", &users, "location",
     "https://users.internal:443/users/42?x", "/api/users/42?x"},
    {"Content-Location", &users, "content-location", "/users/42", "/api/users/42"},
    {"another route to the same service", &users, "location", "/products/p9", "/api/products/p9"},
    {"and an exact one", &users, "location", "/products?page=2", "/api/products?page=2"},
    {"an exact route", &products, "location", "/products#x", "/api/products#x"},
    {"all of a service", &live, "location", "/account", "/live/account"},
    {"its root", &live, "location", "/", "/live/"},
    {"its root, as a URL without path", &live, "location", "http://127.0.0.1:3000", "/live/"},
    {"and with a query", &live, "location", "http://127.0.0.1:3000?x", "/live/?x"},
    {"its prefix again, in a URL", &live, "location", "http://127.0.0.1:3000/live/x",
     "/live/live/x"},
    {"a path that stays, in a URL", &same, "location", "http://127.0.0.1:3000/raw/x", "/raw/x"},
    {"a path that becomes shorter", &root, "location", "/app/x", "/x"},
    {"Refresh", &users, "refresh", "5; url=/users/42", "5; url=/api/users/42"},
    {"Refresh in quotes", &users, "refresh", "0;URL='/users/42'", "0;URL='/api/users/42'"},

    {"another path", &users, "location", "/login", NULL},
    {"a path that only begins so", &users, "location", "/users2/1", NULL},
    {"the prefix without its slash", &users, "location", "/users", NULL},
    {"more than an exact path", &products, "location", "/productsx", NULL},
    {"a path that clients see already", &users, "location", "/api/users/42", NULL},
    {"a path that may be one that clients see", &live, "location", "/live/x", NULL},
    {"a path that stays", &same, "location", "/raw/x", NULL},
    {"another host", &users, "location", "https://shop.example/users/42", NULL},
    {"another scheme of the same host", &users, "location", "https://127.0.0.1:3000/users/42",
     NULL},
    {"another port", &users, "location", "http://127.0.0.1:30000/users/42", NULL},
    {"a user before a host", &users, "location", "http://127.0.0.1:3000@evil.example/users/1",
     NULL},
    {"a host that begins so", &users, "location", "https://users.internal.evil.example/users/1",
     NULL},
    {"without scheme", &users, "location", "//127.0.0.1:3000/users/42", NULL},
    {"without scheme, all of a service", &live, "location", "//evil.example/", NULL},
    {"a backslash", &live, "location", "/\\evil.example/", NULL},
    {"a backslash later", &users, "location", "/users/\\x", NULL},
    {"a tab", &users, "location", "/users/\t42", NULL},
    {"a blank", &users, "location", "/users/4 2", NULL},
    {"dots", &users, "location", "/users/../admin", NULL},
    {"dots, encoded", &users, "location", "/users/%2E./admin", NULL},
    {"dots with an encoded slash", &users, "location", "/users/..%2fadmin", NULL},
    {"one dot at the end", &users, "location", "/users/.", NULL},
    {"a bad encoding", &users, "location", "/users/%zz", NULL},
    {"a relative reference", &users, "location", "42", NULL},
    {"a relative reference with a query", &users, "location", "?page=2", NULL},
    {"nothing", &users, "location", "", NULL},
    {"what would begin with two slashes", &root, "location", "/app//evil.example/", NULL},
    {"and in a URL", &root, "location", "http://127.0.0.1:3000/app//evil.example", NULL},
    {"two slashes after the host", &live, "location", "http://127.0.0.1:3000//evil.example", NULL},
    {"a script", &live, "location", "javascript:alert(1)", NULL},
    {"Refresh without URL", &users, "refresh", "5", NULL},
    {"Refresh to another host", &users, "refresh", "5; url=//evil.example/", NULL},
    {"Refresh with an open quote", &users, "refresh", "5; url='/login", NULL},
    {"another field", &users, "link", "</users/42>", NULL},

    {"a cookie's path", &users, "set-cookie", "a=1; Path=/users/; HttpOnly",
     "a=1; Path=/api/users/; HttpOnly"},
    {"without its slash", &users, "set-cookie", "a=1; path=/users", "a=1; path=/api/users"},
    {"below it", &users, "set-cookie", "a=1;PATH = /users/42 ;Secure",
     "a=1;PATH = /api/users/42 ;Secure"},
    {"of another route", &users, "set-cookie", "a=1; Path=/products", "a=1; Path=/api/products"},
    {"of all of a service", &live, "set-cookie", "a=1; Path=/account", "a=1; Path=/live/account"},
    {"that becomes the root", &root, "set-cookie", "a=1; Path=/app", "a=1; Path=/"},
    {"several paths", &users, "set-cookie", "a=1; Path=/; Path=/users",
     "a=1; Path=/; Path=/api/users"},
    {"a cookie for all of the site", &live, "set-cookie", "a=1; Path=/", NULL},
    {"a cookie for all of the site, again", &users, "set-cookie", "a=1; Path=/", NULL},
    {"a cookie whose path is done", &users, "set-cookie", "a=1; Path=/api/users/", NULL},
    {"a cookie without path", &users, "set-cookie", "a=1; Secure", NULL},
    {"an empty path", &users, "set-cookie", "a=1; Path=", NULL},
    {"a path without value", &users, "set-cookie", "a=1; Path; HttpOnly", NULL},
    {"a path in quotes", &users, "set-cookie", "a=1; Path=\"/users/\"", NULL},
    {"a path that leads elsewhere", &users, "set-cookie", "a=1; Path=/users/../x", NULL},
    {"a path in the value", &users, "set-cookie", "Path=/users/", NULL},
    {"semicolons", &users, "set-cookie", "a=1;;; Path=/x;", NULL},
};

static void test_values(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct plain_rewrite rewrite = rewrite_of(cases[i].own);
        struct pool *pool = pool_new();
        struct text got =
            plain_rewrite(&rewrite, pool, text_of(cases[i].name), text_of(cases[i].value));
        if (!text_is(got, cases[i].want == NULL ? cases[i].value : cases[i].want))
            fail_msg("%s: %s gives \"%.*s\"", cases[i].why, cases[i].value, TEXT_ARGS(got));
        pool_free(pool);
    }
}

static void test_what_is_off_stays(void **state)
{
    struct plain_rewrite rewrite = rewrite_of(&users);
    struct pool *pool = pool_new();

    rewrite.locations = rewrite.cookies = false;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text value = text_of(cases[i].value);
        assert_ptr_equal(plain_rewrite(&rewrite, pool, text_of(cases[i].name), value).at, value.at);
    }
    pool_free(pool);
}

static const struct {
    enum plain_rewrite_domain on_domain;
    const char *value, *want;
} domains[] = {
    {PLAIN_REWRITE_DOMAIN_KEEP, "a=1; Domain=users.internal", "a=1; Domain=users.internal"},
    {PLAIN_REWRITE_DOMAIN_REMOVE, "a=1; Domain=users.internal; Secure", "a=1; Secure"},
    {PLAIN_REWRITE_DOMAIN_REMOVE, "a=1;DOMAIN =x;domain;Path=/users", "a=1;Path=/api/users"},
    {PLAIN_REWRITE_DOMAIN_SET, "a=1; domain=users.internal; Secure",
     "a=1; Domain=shop.example; Secure"},
    {PLAIN_REWRITE_DOMAIN_SET, "a=1; Secure", "a=1; Secure"},
};

static void test_domains(void **state)
{
    struct plain_rewrite rewrite = rewrite_of(&users);
    struct pool *pool = pool_new();

    rewrite.domain = TEXT("shop.example");
    for (size_t i = 0; i < COUNT(domains); i++) {
        rewrite.on_domain = domains[i].on_domain;
        struct text got =
            plain_rewrite(&rewrite, pool, TEXT("set-cookie"), text_of(domains[i].value));
        if (!text_is(got, domains[i].want))
            fail_msg("%s gives \"%.*s\"", domains[i].value, TEXT_ARGS(got));
    }
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_what_is_off_stays),
        cmocka_unit_test(test_domains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
