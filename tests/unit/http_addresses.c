/* Tests of counting connections by address. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/http/addresses.h"

static struct address_places places(const struct addresses *addresses, const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return addresses_places(addresses, (struct sockaddr *)&v4);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return addresses_places(addresses, (struct sockaddr *)&v6);
}

static void test_count(void **state)
{
    struct addresses *addresses = addresses_new();
    struct address_places one = places(addresses, "192.0.2.1");

    assert_int_equal(addresses_add(addresses, one), 1);
    assert_int_equal(addresses_add(addresses, one), 2);
    assert_int_equal(addresses_add(addresses, places(addresses, "192.0.2.2")), 1);
    addresses_remove(addresses, one);
    assert_int_equal(addresses_add(addresses, one), 2);
    addresses_free(addresses);
}

static void test_what_is_one_address(void **state)
{
    struct addresses *addresses = addresses_new();

    assert_int_equal(addresses_add(addresses, places(addresses, "2001:db8:0:1::1")), 1);
    assert_int_equal(addresses_add(addresses, places(addresses, "2001:db8:0:1:ffff::2")), 2);
    assert_int_equal(addresses_add(addresses, places(addresses, "2001:db8:0:2::1")), 1);
    assert_int_equal(addresses_add(addresses, places(addresses, "192.0.2.1")), 1);
    assert_int_equal(addresses_add(addresses, places(addresses, "::ffff:192.0.2.1")), 2);
    addresses_free(addresses);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_what_is_one_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
