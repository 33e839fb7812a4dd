/* IP addresses: how they are read and printed. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/un.h>

#include <cmocka.h>

#include "bff/base/ip.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* want NULL: it is no address */
static const struct {
    const char *text, *want;
} cases[] = {
    {"192.0.2.7", "192.0.2.7"},
    {"0.0.0.0", "0.0.0.0"},
    {"2001:db8::1", "2001:db8::1"},
    {"2001:0DB8:0:0:0:0:0:1", "2001:db8::1"},
    {"::", "::"},
    {"::1", "::1"},
    {"::ffff:192.0.2.7", "192.0.2.7"},
    {"::FFFF:c000:0207", "192.0.2.7"},
    {"", NULL},
    {"192.0.2", NULL},
    {"192.0.2.256", NULL},
    {"192.0.2.07", NULL},
    {"192.0.2.7:80", NULL},
    {" 192.0.2.7", NULL},
    {"192.0.2.7 ", NULL},
    {"[::1]", NULL},
    {"fe80::1%eth0", NULL},
    {"::1::", NULL},
    {"unknown", NULL},
    {"1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111", NULL},
};

static void test_reading(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        char printed[IP_TEXT];
        struct ip ip = {{7}}, before = ip;
        bool is_read = ip_read(text_of(cases[i].text), &ip);
        if (is_read != (cases[i].want != NULL))
            fail_msg("\"%s\": %d", cases[i].text, is_read);
        if (is_read)
            assert_string_equal(ip_print(&ip, printed).at, cases[i].want);
        else
            assert_memory_equal(&ip, &before, sizeof(ip));
    }
    assert_false(ip_read((struct text){"::1\0", 4}, &(struct ip){{0}}));
    assert_false(ip_read((struct text){0}, &(struct ip){{0}}));
}

static void test_sockets(void **state)
{
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct ip one, two;

    assert_int_equal(inet_pton(AF_INET, "192.0.2.7", &ipv4.sin_addr), 1);
    assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.7", &ipv6.sin6_addr), 1);
    assert_true(ip_of((const struct sockaddr *)&ipv4, &one));
    assert_true(ip_of((const struct sockaddr *)&ipv6, &two));
    assert_memory_equal(&one, &two, sizeof(one));
    assert_false(ip_of((const struct sockaddr *)&local, &one));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_sockets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
