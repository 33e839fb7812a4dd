/* Tests of cross-origin requests: which header fields the settings and the request give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bff/edge/cors.h"

#define SHOP "https://shop.example"
#define VARY "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\n"
#define EXPOSED                                                                                    \
    "access-control-expose-headers: Server-Timing, Proxy-Status, X-Request-Id, "                   \
    "RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, "       \
    "Cache-Status, Age\n"

#define TEXT_ROW(literal)                                                                          \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static struct text origins[] = {TEXT_ROW(SHOP), TEXT_ROW("http://localhost:5173"),
                                TEXT_ROW("null")};
static struct text patterns[] = {TEXT_ROW("https://*.shop.example"),
                                 TEXT_ROW("http://*.localhost:3000")};

static const struct cors_settings
    off = {.credentials = true, .max_age_seconds = 600},
    some = {.origins = origins, .origin_count = 3, .max_age_seconds = 600},
    cookies = {.origins = origins, .origin_count = 3, .credentials = true, .max_age_seconds = 600},
    any = {.allows_any = true, .credentials = true, .max_age_seconds = 5},
    more = {.origins = origins, .origin_count = 3, .exposed = {"X-Total-Count", 13}},
    many = {.origins = patterns, .origin_count = 2, .credentials = true};

static char printed[4096];

static const char *print(const struct reply_field *fields, size_t count)
{
    size_t len = 0;

    assert_true(count <= CORS_FIELDS_MAX);
    printed[0] = '\0';
    for (size_t i = 0; i < count; i++)
        if (fields[i].value.at != NULL)
            len += (size_t)snprintf(printed + len, sizeof(printed) - len, "%s: %.*s\n",
                                    fields[i].name, TEXT_ARGS(fields[i].value));
    return printed;
}

static void compare(const char *why, const char *got, const char *want)
{
    if (strcmp(got, want) != 0)
        fail_msg("%s:\n got %s\nwant %s", why, got, want);
}

static const struct {
    const char *why;
    const struct cors_settings *settings;
    const char *origin, *want;
} answers[] = {
    {"no origins: nothing", &off, SHOP, ""},
    {"one that may", &some, SHOP,
     "vary: Origin\naccess-control-allow-origin: " SHOP "\n" EXPOSED "timing-allow-origin: " SHOP
     "\n"},
    {"with cookies", &cookies, "http://localhost:5173",
     "vary: Origin\naccess-control-allow-origin: http://localhost:5173\n"
     "access-control-allow-credentials: true\n" EXPOSED
     "timing-allow-origin: http://localhost:5173\n"},
    {"any: named all the same, and without cookies", &any, "https://a.example",
     "vary: Origin\naccess-control-allow-origin: https://a.example\n" EXPOSED
     "timing-allow-origin: https://a.example\n"},
    {"none sent", &some, NULL, "vary: Origin\n"},
    {"empty", &any, "", "vary: Origin\n"},
    {"another", &some, "https://evil.example", "vary: Origin\n"},
    {"null, though it is in the list", &some, "null", "vary: Origin\n"},
    {"null where any may", &any, "null", "vary: Origin\n"},
    {"another scheme", &some, "http://shop.example", "vary: Origin\n"},
    {"another port", &some, SHOP ":8443", "vary: Origin\n"},
    {"only its beginning", &some, "https://shop", "vary: Origin\n"},
    {"more behind it", &some, SHOP ".evil.example", "vary: Origin\n"},
    {"below it", &some, "https://a.shop.example", "vary: Origin\n"},
    {"two at once", &any, SHOP ", https://evil.example", "vary: Origin\n"},
    {"no scheme", &any, "shop.example", "vary: Origin\n"},
    {"no host", &any, "https://", "vary: Origin\n"},
    {"a line end in it", &any, "https://a\r\nx: y", "vary: Origin\n"},
};

static const struct {
    const char *origin;
    bool want;
} patterned[] = {
    {"https://a.shop.example", true},
    {"https://pr-12.shop.example", true},
    {"https://xn--bcher-kva.shop.example", true},
    {"http://app.localhost:3000", true},
    {"https://shop.example", false},
    {"https://.shop.example", false},
    {"https://evil-shop.example", false},
    {"https://evil.example", false},
    {"https://a.b.shop.example", false},
    {"https://evil.example/.shop.example", false},
    {"https://evil.example?.shop.example", false},
    {"https://evil.example#.shop.example", false},
    {"https://evil.example:80.shop.example", false},
    {"https://user@a.shop.example", false},
    {"https://a@b.shop.example", false},
    {"https://a,b.shop.example", false},
    {"https://*.shop.example", false},
    {"https://%61.shop.example", false},
    {"https://A.shop.example", false},
    {"https://a.SHOP.example", false},
    {"https://a.shop.example.evil.example", false},
    {"https://a.shop.example.", false},
    {"https://a.shop.example/", false},
    {"https://a.shop.example:443", false},
    {"https://a.shop.example:8443", false},
    {"http://a.shop.example", false},
    {"https://a.shopxexample", false},
    {"https://a-shop.example", false},
    {"http://app.localhost", false},
    {"http://app.localhost:3001", false},
    {"http://app.localhost:30000", false},
    {"https://", false},
    {"https://.", false},
    {"null", false},
    {"", false},
    {"ahttps://a.shop.example", false},
};

static void test_patterns(void **state)
{
    for (size_t i = 0; i < sizeof(patterned) / sizeof(patterned[0]); i++)
        if (cors_allows(&many, text_of(patterned[i].origin)) != patterned[i].want)
            fail_msg("%s", patterned[i].origin);
}

static void test_exposed(void **state)
{
    static const struct text names[] = {TEXT_ROW("X-Total-Count"), TEXT_ROW("age"),
                                        TEXT_ROW("Link"), TEXT_ROW("x-total-count")};
    struct pool *pool = pool_new();
    struct reply_field fields[CORS_FIELDS_MAX];

    struct text list = cors_exposed(pool, names, 4);
    assert_true(text_starts(list, TEXT("Server-Timing, ")));
    assert_true(
        text_equal((struct text){list.at + list.len - 26, 26}, TEXT(", Age, X-Total-Count, Link")));
    size_t count = cors_answer_fields(&more, TEXT(SHOP), fields);
    assert_non_null(strstr(print(fields, count), "expose-headers: X-Total-Count\n"));
    pool_free(pool);
}

static void test_answers(void **state)
{
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct reply_field fields[CORS_FIELDS_MAX];
        size_t count = cors_answer_fields(answers[i].settings, text_of(answers[i].origin), fields);

        compare(answers[i].why, print(fields, count), answers[i].want);
    }
}

#define ALLOWED(origin)                                                                            \
    VARY "access-control-allow-origin: " origin "\naccess-control-allow-methods: GET, PUT\n"

static const struct {
    const char *why;
    const struct cors_settings *settings;
    const char *origin, *headers, *want;
} preflights[] = {
    {"no origins: nothing", &off, SHOP, "x-a", ""},
    {"no headers asked for", &some, SHOP, NULL, ALLOWED(SHOP) "access-control-max-age: 600\n"},
    {"headers as they were asked for", &some, SHOP, "authorization,content-type, X-A",
     ALLOWED(SHOP) "access-control-allow-headers: authorization,content-type, X-A\n"
                   "access-control-max-age: 600\n"},
    {"with cookies", &cookies, SHOP, "x-a",
     ALLOWED(SHOP) "access-control-allow-headers: x-a\naccess-control-allow-credentials: true\n"
                   "access-control-max-age: 600\n"},
    {"any", &any, "https://a.example", NULL,
     ALLOWED("https://a.example") "access-control-max-age: 5\n"},
    {"one that may not", &some, "https://evil.example", "x-a", VARY},
    {"null", &any, "null", "x-a", VARY},
    {"no token", &some, SHOP, "x-a, x b", ALLOWED(SHOP) "access-control-max-age: 600\n"},
    {"an empty name", &some, SHOP, "x-a,,x-b", ALLOWED(SHOP) "access-control-max-age: 600\n"},
    {"nothing asked for", &some, SHOP, "", ALLOWED(SHOP) "access-control-max-age: 600\n"},
    {"a line end", &some, SHOP, "x-a\r\nx: y", ALLOWED(SHOP) "access-control-max-age: 600\n"},
};

static void test_preflights(void **state)
{
    struct pool *pool = pool_new();

    for (size_t i = 0; i < sizeof(preflights) / sizeof(preflights[0]); i++) {
        struct cors_preflight asked = {
            .origin = text_of(preflights[i].origin),
            .request_method = TEXT("PUT"),
            .request_headers = text_of(preflights[i].headers),
        };
        struct reply_field fields[CORS_FIELDS_MAX];
        size_t count =
            cors_preflight_fields(preflights[i].settings, &asked, TEXT("GET, PUT"), pool, fields);

        compare(preflights[i].why, print(fields, count), preflights[i].want);
    }
    pool_free(pool);
}

/* Whether a list of ${count} names of ${bytes} bytes each is allowed. */
static bool is_allowed(size_t count, size_t bytes)
{
    char list[4096];
    size_t len = 0;
    struct pool *pool = pool_new();
    struct reply_field fields[CORS_FIELDS_MAX];

    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            list[len++] = ',';
        memset(list + len, 'x', bytes);
        len += bytes;
    }
    struct cors_preflight asked = {
        .origin = TEXT(SHOP), .request_method = TEXT("PUT"), .request_headers = {list, len}};
    size_t written = cors_preflight_fields(&some, &asked, TEXT("PUT"), pool, fields);
    bool is = strstr(print(fields, written), "access-control-allow-headers") != NULL;
    pool_free(pool);
    return is;
}

static void test_not_too_many_headers(void **state)
{
    assert_true(is_allowed(32, 1));
    assert_false(is_allowed(33, 1));
    assert_true(is_allowed(1, 1024));
    assert_false(is_allowed(1, 1025));
}

static void test_what_a_preflight_is(void **state)
{
    struct cors_preflight whole = {.origin = TEXT(SHOP), .request_method = TEXT("PUT")};
    struct cors_preflight no_origin = {.request_method = TEXT("PUT")};
    struct cors_preflight no_method = {.origin = TEXT(SHOP)};

    assert_true(cors_is_preflight(TEXT("OPTIONS"), &whole));
    assert_false(cors_is_preflight(TEXT("GET"), &whole));
    assert_false(cors_is_preflight(TEXT("options"), &whole));
    assert_false(cors_is_preflight(TEXT("OPTIONS"), &no_origin));
    assert_false(cors_is_preflight(TEXT("OPTIONS"), &no_method));
}

static void test_fields_of_services(void **state)
{
    assert_true(cors_is_cors_field(TEXT("Access-Control-Allow-Origin")));
    assert_true(cors_is_cors_field(TEXT("access-control-max-age")));
    assert_true(cors_is_cors_field(TEXT("Timing-Allow-Origin")));
    assert_false(cors_is_cors_field(TEXT("access-control")));
    assert_false(cors_is_cors_field(TEXT("vary")));
    assert_false(cors_is_cors_field(TEXT("x-access-control-allow-origin")));
}

/* asked NULL: no Access-Control-Request-Headers */
static const struct {
    const char *why, *asked, *name;
    bool want;
} carried[] = {
    {"a name that is listed", "x-beta", "x-beta", true},
    {"among others", "content-type, X-Beta ,x-other", "x-beta", true},
    {"in capitals", "X-BETA", "x-beta", true},
    {"a part of a name", "x-beta-more, my-x-beta", "x-beta", false},
    {"a name that is not listed", "x-other", "x-beta", false},
    {"nothing is listed", "", "x-beta", false},
    {"no list", NULL, "x-beta", false},
    {"Authorization needs to be listed", NULL, "authorization", false},
    {"Accept does not", NULL, "accept", true},
    {"Content-Type does not always", NULL, "content-type", true},
    {"a browser adds cookies itself", "x-other", "cookie", true},
    {"and its own kind of request", NULL, "sec-fetch-site", true},
};

static void test_what_a_request_may_carry(void **state)
{
    for (size_t i = 0; i < sizeof(carried) / sizeof(carried[0]); i++) {
        struct cors_preflight preflight = {.request_headers = text_of(carried[i].asked)};
        if (cors_may_carry(&preflight, text_of(carried[i].name)) != carried[i].want)
            fail_msg("%s", carried[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_exposed),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_preflights),
        cmocka_unit_test(test_not_too_many_headers),
        cmocka_unit_test(test_what_a_preflight_is),
        cmocka_unit_test(test_fields_of_services),
        cmocka_unit_test(test_what_a_request_may_carry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
