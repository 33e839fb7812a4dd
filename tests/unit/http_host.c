/* Hosts in the one spelling in which they are compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/http/host.h"
#include "bff/http/target.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
    const char *why, *authority, *want;
} cases[] = {
    {"a name", "shop.example", "shop.example"},
    {"case is left to the comparison", "SHOP.Example", "SHOP.Example"},
    {"a port", "shop.example:8443", "shop.example"},
    {"an empty port", "shop.example:", "shop.example"},
    {"the dot of the root", "shop.example.", "shop.example"},
    {"the dot and a port", "shop.example.:443", "shop.example"},
    {"an encoded letter", "sho%70.example", "shop.example"},
    {"an encoded dot inside", "shop%2eexample", "shop.example"},
    {"an encoded dot at the end", "shop.example%2E:80", "shop.example"},
    {"encoded bytes beyond ASCII", "caf%C3%A9", "caf\xc3\xa9"},
    {"IPv4", "192.0.2.7:80", "192.0.2.7"},
    {"IPv4 with a dot", "192.0.2.7.", "192.0.2.7"},
    {"IPv6", "[2001:db8::1]:443", "[2001:db8::1]"},
    {"IPv6 in full", "[2001:0DB8:0:0:0:0:0:1]", "[2001:db8::1]"},
    {"IPv6 with an empty port", "[::1]:", "[::1]"},
    {"IPv6 that ends like IPv4", "[::ffff:c000:207]", "[::ffff:192.0.2.7]"},
};

static void test_spellings(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct pool *pool = pool_new();
        assert_true(target_is_authority(text_of(cases[i].authority)));
        struct text got = host_name(pool, text_of(cases[i].authority));
        if (!text_is(got, cases[i].want))
            fail_msg("%s: %.*s", cases[i].why, TEXT_ARGS(got));
        pool_free(pool);
    }
}

static void test_no_host(void **state)
{
    struct pool *pool = pool_new();

    assert_null(host_name(pool, (struct text){0}).at);
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_no_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
