/* The matrix of the CSRF check: method x Origin x Sec-Fetch-Site x X-CSRF x upgrade. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bff/session/session_csrf.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define OURS "https://shop.example"

static const char *const methods[] = {"GET",    "HEAD",  "OPTIONS", "POST", "PUT",
                                      "DELETE", "PATCH", "BREW",    "get"};
static const char *const origins[] = {NULL,
                                      OURS,
                                      "https://shop.example.evil",
                                      "https://evil.example",
                                      "http://shop.example",
                                      "https://shop.example:8443",
                                      "https://Shop.example",
                                      "null",
                                      ""};
static const char *const sites[] = {NULL,   "same-origin", "same-site", "cross-site",
                                    "none", "Same-Origin", ""};
static const char *const headers[] = {NULL, "1", "0", "true", "1, 1", ""};

/* The rule in the words of the documentation, without regard to how it is computed. */
static bool expected(size_t method, size_t origin, size_t site, size_t header, bool is_upgrade)
{
    bool is_read = method < 3, is_our_origin = origin == 1, has_no_origin = origin == 0;
    bool has_header = header == 1;

    if (is_upgrade)
        return is_our_origin;
    if (!is_read)
        return has_header && is_our_origin;
    if (is_our_origin && has_header)
        return true;
    if (!is_our_origin && !has_no_origin)
        return false;
    return site == 1 || (site == 0 && has_header);
}

static void check(size_t method, size_t origin, size_t site, size_t header, bool is_upgrade)
{
    const struct text rows[] = {TEXT("https://other.example"), TEXT(OURS)};
    const struct session_origins ours = {rows, COUNT(rows)};
    const struct session_csrf request = {
        .method = text_of(methods[method]),
        .origin = text_of(origins[origin]),
        .fetch_site = text_of(sites[site]),
        .header = text_of(headers[header]),
        .is_upgrade = is_upgrade,
    };

    if (session_csrf_passes(&request, &ours) != expected(method, origin, site, header, is_upgrade))
        fail_msg("%s, Origin %s, Sec-Fetch-Site %s, X-CSRF %s, upgrade %d", methods[method],
                 origins[origin], sites[site], headers[header], is_upgrade);
}

static void test_matrix(void **state)
{
    (void)state;
    for (size_t method = 0; method < COUNT(methods); method++)
        for (size_t origin = 0; origin < COUNT(origins); origin++)
            for (size_t site = 0; site < COUNT(sites); site++)
                for (size_t header = 0; header < COUNT(headers); header++) {
                    check(method, origin, site, header, false);
                    check(method, origin, site, header, true);
                }
}

static void test_no_origin_is_ours(void **state)
{
    const struct session_origins nothing = {NULL, 0};
    static const struct text absent[] = {{0}};
    const struct session_origins none = {absent, 1}; /* a request without a host */
    struct session_csrf request = {.method = TEXT("POST"), .header = TEXT("1")};

    (void)state;
    assert_false(session_csrf_passes(&request, &nothing));
    assert_false(session_csrf_passes(&request, &none));
    request.origin = TEXT("");
    assert_false(session_csrf_passes(&request, &none));
}

static void test_own_origin(void **state)
{
    static const struct {
        const char *scheme, *host, *want;
    } rows[] = {
        {"https", "shop.example", "https://shop.example"},
        {"https", "Shop.EXAMPLE:443", "https://shop.example"},
        {"https", "shop.example:80", "https://shop.example:80"},
        {"http", "shop.example:80", "http://shop.example"},
        {"http", "localhost:8080", "http://localhost:8080"},
        {"https", "[::1]:443", "https://[::1]"},
        {"https", "", NULL},
    };
    struct pool *pool = pool_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct text got = session_csrf_origin(text_of(rows[i].scheme), text_of(rows[i].host), pool);
        assert_true(text_equal(got, text_of(rows[i].want)));
    }
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matrix),
        cmocka_unit_test(test_no_origin_is_ours),
        cmocka_unit_test(test_own_origin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
