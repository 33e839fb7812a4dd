/* Headers of the PROXY protocol: what is one, and which client it names. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/base/ip.h"
#include "bff/base/text.h"
#include "bff/http/proxy_header.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define BYTES(literal)                                                                             \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define FULL "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
#define ADDRESS4 "\xc0\0\2\7\xc0\0\2\1\xdc\4\1\xbb"
#define ADDRESS6 "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\7"

/* client: its address; "": that of the connection; NULL: it is no header. ${more} bytes of the
 * input are not of the header. A negative number: so many bytes of the header are still to come. */
static const struct {
    const char *why;
    struct text bytes;
    const char *client;
    int more;
} cases[] = {
    {"IPv4", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n"), "192.0.2.7", 0},
    {"IPv6", BYTES("PROXY TCP6 2001:db8::7 ::1 0 65535\r\n"), "2001:db8::7", 0},
    {"IPv4 as IPv6", BYTES("PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n"), "192.0.2.7", 0},
    {"a request follows", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 1 2\r\nGET"), "192.0.2.7", 3},
    {"unknown", BYTES("PROXY UNKNOWN\r\n"), "", 0},
    {"unknown, with words", BYTES("PROXY UNKNOWN any thing\r\n"), "", 0},
    {"the longest", BYTES("PROXY TCP6 " FULL " " FULL " 65535 65535\r\n"), FULL, 0},
    {"107 bytes", BYTES("PROXY UNKNOWN " FULL " " FULL " 65535 65535\r\n"), "", 0},
    {"108 bytes", BYTES("PROXY UNKNOWN " FULL " " FULL " 65535 655350\r\n"), NULL, 0},
    {"a request", BYTES("GET / HTTP/1.1\r\n"), NULL, 0},
    {"a TLS handshake", BYTES("\x16\3\1\2\0\1"), NULL, 0},
    {"small letters", BYTES("proxy TCP4 192.0.2.7 192.0.2.1 1 2\r\n"), NULL, 0},
    {"another protocol", BYTES("PROXY UDP4 192.0.2.7 192.0.2.1 1 2\r\n"), NULL, 0},
    {"no protocol", BYTES("PROXY \r\n"), NULL, 0},
    {"a family that does not fit", BYTES("PROXY TCP4 ::1 ::1 1 2\r\n"), NULL, 0},
    {"the other one", BYTES("PROXY TCP6 192.0.2.7 192.0.2.1 1 2\r\n"), NULL, 0},
    {"two spaces", BYTES("PROXY TCP4 192.0.2.7  192.0.2.1 1 2\r\n"), NULL, 0},
    {"a space at the end", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 1 2 \r\n"), NULL, 0},
    {"a tab", BYTES("PROXY TCP4\t192.0.2.7 192.0.2.1 1 2\r\n"), NULL, 0},
    {"a word less", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 1\r\n"), NULL, 0},
    {"a word more", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 1 2 3\r\n"), NULL, 0},
    {"a zero before an address", BYTES("PROXY TCP4 192.0.2.07 192.0.2.1 1 2\r\n"), NULL, 0},
    {"a zero before a port", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 01 2\r\n"), NULL, 0},
    {"a large port", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 1 65536\r\n"), NULL, 0},
    {"a sign", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 +1 2\r\n"), NULL, 0},
    {"an empty port", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1  2\r\n"), NULL, 0},
    {"no CR", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 1 2\n"), NULL, 0},
    {"a NUL", BYTES("PROXY TCP4 192.0.2.7\0 192.0.2.1 1 2\r\n"), NULL, 0},

    {"2: IPv4", BYTES(SIGNATURE "\x21\x11\0\xc" ADDRESS4), "192.0.2.7", 0},
    {"2: IPv6", BYTES(SIGNATURE "\x21\x21\0\x24" ADDRESS6 ADDRESS6 "\0\1\0\2"), "2001:db8::7", 0},
    {"2: a request follows", BYTES(SIGNATURE "\x21\x11\0\xc" ADDRESS4 "GET"), "192.0.2.7", 3},
    {"2: fields", BYTES(SIGNATURE "\x21\x11\0\x11" ADDRESS4 "\4\0\2ab"), "192.0.2.7", 0},
    {"2: fields to come", BYTES(SIGNATURE "\x21\x11\xff\xff" ADDRESS4), "192.0.2.7", -65523},
    {"2: a datagram", BYTES(SIGNATURE "\x21\x12\0\xc" ADDRESS4), "192.0.2.7", 0},
    {"2: the proxy itself", BYTES(SIGNATURE "\x20\0\0\0"), "", 0},
    {"2: the same, with addresses", BYTES(SIGNATURE "\x20\x11\0\xc" ADDRESS4), "", 0},
    {"2: unspecified", BYTES(SIGNATURE "\x21\0\0\0"), "", 0},
    {"2: unspecified, with bytes", BYTES(SIGNATURE "\x21\0\0\2ab"), "", 0},
    {"2: too short for IPv4", BYTES(SIGNATURE "\x21\x11\0\xb" ADDRESS4), NULL, 0},
    {"2: too short for IPv6", BYTES(SIGNATURE "\x21\x21\0\xc" ADDRESS4), NULL, 0},
    {"2: too short for a path", BYTES(SIGNATURE "\x21\x31\0\xc" ADDRESS4), NULL, 0},
    {"2: version 1 in it", BYTES(SIGNATURE "\x11\x11\0\xc" ADDRESS4), NULL, 0},
    {"2: version 3", BYTES(SIGNATURE "\x31\x11\0\xc" ADDRESS4), NULL, 0},
    {"2: a command", BYTES(SIGNATURE "\x22\x11\0\xc" ADDRESS4), NULL, 0},
    {"2: a family", BYTES(SIGNATURE "\x21\x41\0\xc" ADDRESS4), NULL, 0},
    {"2: a protocol", BYTES(SIGNATURE "\x21\x13\0\xc" ADDRESS4), NULL, 0},
};

static const char *client_of(const struct proxy_header *header, char out[IP_TEXT])
{
    struct ip ip;

    if (header->source_len == 0)
        return "";
    assert_true(ip_of((const struct sockaddr *)&header->source, &ip));
    return ip_print(&ip, out).at;
}

/* The result comes at some byte, and does not change after it. */
static void check(size_t row)
{
    enum proxy_header_state want = cases[row].client == NULL ? PROXY_HEADER_BAD : PROXY_HEADER_DONE;
    enum proxy_header_state before = PROXY_HEADER_MORE;
    struct proxy_header header = {0};
    char client[IP_TEXT];

    for (size_t len = 1; len <= cases[row].bytes.len; len++) {
        enum proxy_header_state state = proxy_header_read(cases[row].bytes.at, len, &header);
        assert_true(state == before || before == PROXY_HEADER_MORE);
        assert_true(state == want || state == PROXY_HEADER_MORE);
        before = state;
    }
    assert_int_equal(before, want);
    if (want == PROXY_HEADER_BAD)
        return;
    assert_int_equal((int)cases[row].bytes.len - (int)header.size, cases[row].more);
    assert_string_equal(client_of(&header, client), cases[row].client);
}

static void test_headers(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("%s\n", cases[i].why);
        check(i);
    }
}

static void test_a_path_is_no_address(void **state)
{
    char bytes[16 + 216] = SIGNATURE "\x21\x31\0\xd8/run/socket";
    struct proxy_header header;

    assert_int_equal(proxy_header_read(bytes, sizeof(bytes) - 1, &header), PROXY_HEADER_MORE);
    assert_int_equal(proxy_header_read(bytes, sizeof(bytes), &header), PROXY_HEADER_DONE);
    assert_int_equal(header.source_len, 0);
    assert_int_equal(header.size, PROXY_HEADER_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_a_path_is_no_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
