/* Tests of the networks of trusted proxies: which spellings are valid, and which addresses a
 * network contains. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/un.h>

#include <cmocka.h>

#include "bff/edge/trusted.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* wrong: a part of what is said; NULL: it is a network */
static const struct {
    const char *why, *text, *wrong;
} written[] = {
    {"an address", "192.0.2.7", NULL},
    {"a network", "10.0.0.0/8", NULL},
    {"everybody", "0.0.0.0/0", NULL},
    {"an IPv6 address", "::1", NULL},
    {"an IPv6 network", "2001:db8::/32", NULL},
    {"everybody, IPv6 too", "::/0", NULL},
    {"a mapped network", "::ffff:10.0.0.0/104", NULL},
    {"nothing", "", "expected an IP address"},
    {"a name", "proxy.internal", "expected an IP address"},
    {"a port", "10.0.0.1:80", "expected an IP address"},
    {"brackets", "[::1]", "expected an IP address"},
    {"three numbers", "10.0.0/8", "expected an IP address"},
    {"a blank", " 10.0.0.1", "expected an IP address"},
    {"far too long", "1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111", "expected an IP"},
    {"no prefix", "10.0.0.0/", "0 to 32"},
    {"a prefix too long", "10.0.0.0/33", "0 to 32"},
    {"an IPv6 prefix too long", "::/129", "0 to 128"},
    {"a mask", "10.0.0.0/255.0.0.0", "0 to 32"},
    {"a sign", "10.0.0.0/+8", "0 to 32"},
    {"two prefixes", "10.0.0.0/8/8", "0 to 32"},
    {"bits behind the prefix", "10.0.0.1/8", "another network"},
    {"one bit behind the prefix", "10.128.0.0/8", "another network"},
    {"bits behind an IPv6 prefix", "2001:db8::1/32", "another network"},
};

static void test_how_networks_are_written(void **state)
{
    for (size_t i = 0; i < COUNT(written); i++) {
        struct trusted_network network;
        const char *wrong = trusted_read(text_of(written[i].text), &network);
        bool is_right = written[i].wrong == NULL
                            ? wrong == NULL
                            : wrong != NULL && strstr(wrong, written[i].wrong) != NULL;
        if (!is_right)
            fail_msg("%s: %s", written[i].why, wrong);
    }
}

static void test_an_embedded_nul_is_no_end(void **state)
{
    struct trusted_network network;

    assert_non_null(trusted_read(TEXT("10.0.0.1\0.evil"), &network));
}

/* network NULL: none at all */
static const struct {
    const char *why, *network, *address;
    bool want;
} members[] = {
    {"the address itself", "192.0.2.7", "192.0.2.7", true},
    {"the next address", "192.0.2.7", "192.0.2.8", false},
    {"the first of a network", "10.0.0.0/8", "10.0.0.0", true},
    {"the last of a network", "10.0.0.0/8", "10.255.255.255", true},
    {"behind a network", "10.0.0.0/8", "11.0.0.0", false},
    {"before a network", "10.0.0.0/8", "9.255.255.255", false},
    {"within an odd prefix", "192.168.64.0/19", "192.168.95.255", true},
    {"behind an odd prefix", "192.168.64.0/19", "192.168.96.0", false},
    {"one bit", "128.0.0.0/1", "255.255.255.255", true},
    {"the other bit", "128.0.0.0/1", "127.255.255.255", false},
    {"everybody of IPv4", "0.0.0.0/0", "203.0.113.9", true},
    {"but nobody of IPv6", "0.0.0.0/0", "2001:db8::1", false},
    {"everybody of both", "::/0", "203.0.113.9", true},
    {"IPv4 in its IPv6 form", "10.0.0.0/8", "::ffff:10.1.2.3", true},
    {"IPv4 against a mapped network", "::ffff:10.0.0.0/104", "10.1.2.3", true},
    {"IPv6 within", "2001:db8::/33", "2001:db8:7fff::1", true},
    {"IPv6 without", "2001:db8::/33", "2001:db8:8000::1", false},
    {"::1 is not 127.0.0.1", "127.0.0.0/8", "::1", false},
    {"no network", NULL, "127.0.0.1", false},
};

static bool has_socket(const struct trusted *trusted, const char *address)
{
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};

    struct ip ip;

    if (inet_pton(AF_INET, address, &ipv4.sin_addr) == 1) {
        assert_true(ip_of((const struct sockaddr *)&ipv4, &ip));
        return trusted_has(trusted, &ip);
    }
    assert_int_equal(inet_pton(AF_INET6, address, &ipv6.sin6_addr), 1);
    assert_true(ip_of((const struct sockaddr *)&ipv6, &ip));
    return trusted_has(trusted, &ip);
}

static bool has_text(const struct trusted *trusted, struct text address)
{
    struct ip ip;

    return ip_read(address, &ip) && trusted_has(trusted, &ip);
}

static void test_who_is_in(void **state)
{
    for (size_t i = 0; i < COUNT(members); i++) {
        struct trusted_network networks[2] = {0};
        struct trusted trusted = {0};
        if (members[i].network != NULL) {
            assert_null(trusted_read(TEXT("198.51.100.1"), &networks[0]));
            assert_null(trusted_read(text_of(members[i].network), &networks[1]));
            trusted = (struct trusted){networks, 2, false};
        }
        if (has_socket(&trusted, members[i].address) != members[i].want ||
            has_text(&trusted, text_of(members[i].address)) != members[i].want)
            fail_msg("%s", members[i].why);
    }
}

static void test_what_is_no_address_is_in_none(void **state)
{
    static const char *const texts[] = {"", "unknown", "10.0.0.1:80", "[::1]", "10.0.0.1 ", "_x"};
    struct trusted_network all;
    struct trusted trusted = {&all, 1, false};
    struct sockaddr_un local = {.sun_family = AF_UNIX};

    assert_null(trusted_read(TEXT("::/0"), &all));
    assert_false(ip_of((const struct sockaddr *)&local, &(struct ip){{0}}));
    assert_false(has_text(&trusted, (struct text){0}));
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_false(has_text(&trusted, text_of(texts[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_how_networks_are_written),
        cmocka_unit_test(test_an_embedded_nul_is_no_end),
        cmocka_unit_test(test_who_is_in),
        cmocka_unit_test(test_what_is_no_address_is_in_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
