/* What proxies write for the address of a client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/edge/node.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* want NULL: nobody knows who it is */
static const struct {
    const char *why, *node, *want;
} cases[] = {
    {"IPv4", "203.0.113.7", "203.0.113.7"},
    {"IPv4 and a port", "203.0.113.7:5678", "203.0.113.7"},
    {"IPv4 and port 0", "203.0.113.7:0", "203.0.113.7"},
    {"IPv4 and a hidden port", "203.0.113.7:_gazonk", "203.0.113.7"},
    {"IPv6", "2001:db8::1", "2001:db8::1"},
    {"IPv6 that ends like a port", "2001:db8::1:443", "2001:db8::1:443"},
    {"IPv6 and a port of five digits", "2001:db8::1:44300", "2001:db8::1"},
    {"IPv6 in full and a port", "2001:db8:1:2:3:4:5:6:443", "2001:db8:1:2:3:4:5:6"},
    {"IPv6 in capitals", "2001:DB8::A", "2001:db8::a"},
    {"IPv6 in brackets", "[2001:db8::1]", "2001:db8::1"},
    {"IPv6 in brackets and a port", "[2001:db8::1]:443", "2001:db8::1"},
    {"IPv6 in brackets and a hidden port", "[2001:db8::1]:_x", "2001:db8::1"},
    {"IPv4 in its IPv6 form", "::ffff:203.0.113.7", "203.0.113.7"},
    {"the same and a port", "::ffff:203.0.113.7:5678", "203.0.113.7"},
    {"the same in brackets and a port", "[::ffff:203.0.113.7]:443", "203.0.113.7"},
    {"quotes", "\"203.0.113.7\"", "203.0.113.7"},
    {"quotes and a port", "\"203.0.113.7:80\"", "203.0.113.7"},
    {"quotes, brackets and a port", "\"[2001:db8::1]:443\"", "2001:db8::1"},
    {"a zone", "fe80::1%eth0", "fe80::1"},
    {"a zone in brackets", "[fe80::1%eth0]:80", "fe80::1"},
    {"a zone as in a URL", "[fe80::1%25eth0]", "fe80::1"},
    {"unknown", "unknown", NULL},
    {"hidden", "_hidden", NULL},
    {"nothing", "", NULL},
    {"nothing in quotes", "\"\"", NULL},
    {"one quote", "\"203.0.113.7", NULL},
    {"a quote alone", "\"", NULL},
    {"a name", "client.example", NULL},
    {"a name and a port", "client.example:80", NULL},
    {"localhost", "localhost", NULL},
    {"no port", "203.0.113.7:", NULL},
    {"a port too high", "203.0.113.7:65536", NULL},
    {"a signed port", "203.0.113.7:+80", NULL},
    {"two ports", "203.0.113.7:80:80", NULL},
    {"a port alone", ":80", NULL},
    {"a hidden port without a name", "203.0.113.7:_", NULL},
    {"IPv4 in brackets", "[203.0.113.7]", NULL},
    {"an open bracket", "[2001:db8::1", NULL},
    {"brackets around nothing", "[]:80", NULL},
    {"something behind the bracket", "[2001:db8::1]443", NULL},
    {"no port behind the bracket", "[2001:db8::1]:", NULL},
    {"IPv4 with a zone", "203.0.113.7%eth0", NULL},
    {"two addresses", "203.0.113.7 198.51.100.1", NULL},
    {"a number", "3405803783", NULL},
    {"a network", "203.0.113.0/24", NULL},
    {"a parameter", "for=203.0.113.7", NULL},
};

static void test_nodes(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        char printed[IP_TEXT];
        struct ip ip = {{7}}, before = ip;
        bool is_read = node_read(text_of(cases[i].node), &ip);
        if (is_read != (cases[i].want != NULL))
            fail_msg("%s: %d", cases[i].why, is_read);
        if (is_read ? !text_is(ip_print(&ip, printed), cases[i].want)
                    : memcmp(&ip, &before, sizeof(ip)) != 0)
            fail_msg("%s: %s", cases[i].why, ip_print(&ip, printed).at);
    }
    assert_false(node_read((struct text){0}, &(struct ip){{0}}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nodes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
