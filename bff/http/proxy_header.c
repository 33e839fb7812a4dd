/* See proxy_header.h. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "bff/base/ip.h"
#include "bff/base/text.h"
#include "bff/http/proxy_header.h"

/* Version 1: "PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n". */

static const struct text v1_begin = {"PROXY ", 6};

static struct text line_of(const char *bytes, size_t len)
{
    const char *end = memchr(bytes, '\n', len < PROXY_HEADER_V1_MOST ? len : PROXY_HEADER_V1_MOST);

    return (struct text){end == NULL ? NULL : bytes, end == NULL ? 0 : (size_t)(end - bytes)};
}

static bool is_port(struct text text, in_port_t *port)
{
    uint64_t number;

    if (text_number(text, UINT16_MAX, &number) != 0 || (text.len > 1 && text.at[0] == '0'))
        return false;
    *port = htons((uint16_t)number);
    return true;
}

static bool is_address(int family, struct text text, void *out)
{
    char string[INET6_ADDRSTRLEN];

    if (text.len == 0 || text.len >= sizeof(string) || memchr(text.at, '\0', text.len) != NULL)
        return false;
    memcpy(string, text.at, text.len);
    string[text.len] = '\0';
    return inet_pton(family, string, out) == 1;
}

static bool tcp4_read(struct text source, in_port_t port, struct text target,
                      struct proxy_header *out)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = port};
    struct in_addr other;

    if (!is_address(AF_INET, source, &address.sin_addr) || !is_address(AF_INET, target, &other))
        return false;
    memcpy(&out->source, &address, sizeof(address));
    out->source_len = sizeof(address);
    return true;
}

static bool tcp6_read(struct text source, in_port_t port, struct text target,
                      struct proxy_header *out)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = port};
    struct in6_addr other;

    if (!is_address(AF_INET6, source, &address.sin6_addr) || !is_address(AF_INET6, target, &other))
        return false;
    memcpy(&out->source, &address, sizeof(address));
    out->source_len = sizeof(address);
    return true;
}

/* ${rest} is all of the line after "PROXY ". There is one space between two words. */
static bool words_read(struct text rest, struct proxy_header *out)
{
    struct text kind = text_cut(&rest, ' ');
    in_port_t port, other;

    if (text_is(kind, "UNKNOWN"))
        return true;
    struct text source = text_cut(&rest, ' '), target = text_cut(&rest, ' ');
    struct text source_port = text_cut(&rest, ' ');
    if (rest.at == NULL || !is_port(source_port, &port) || !is_port(rest, &other))
        return false;
    if (text_is(kind, "TCP4"))
        return tcp4_read(source, port, target, out);
    return text_is(kind, "TCP6") && tcp6_read(source, port, target, out);
}

static enum proxy_header_state v1_read(const char *bytes, size_t len, struct proxy_header *out)
{
    struct proxy_header read = {0};
    struct text line = line_of(bytes, len);

    if (line.at == NULL)
        return len < PROXY_HEADER_V1_MOST ? PROXY_HEADER_MORE : PROXY_HEADER_BAD;
    read.size = line.len + 1;
    if (line.len < v1_begin.len + 1 || line.at[line.len - 1] != '\r')
        return PROXY_HEADER_BAD;
    line.at += v1_begin.len;
    line.len -= v1_begin.len + 1;
    if (!words_read(line, &read))
        return PROXY_HEADER_BAD;
    *out = read;
    return PROXY_HEADER_DONE;
}

/* Version 2, a binary header. */

#define V2_HEAD 16 /* signature, version and command, family and protocol, length */
#define IPV4_BYTES 12
#define IPV6_BYTES 36
#define UNIX_BYTES 216

enum { LOCAL, PROXY, COMMANDS };
enum { UNSPEC, INET, INET6, UNIX, FAMILIES };
enum { PROTOCOLS = 3 }; /* UNSPEC, STREAM, DGRAM */

static const struct text v2_begin = {"\r\n\r\n\0\r\nQUIT\n", 12};

static const size_t address_bytes[FAMILIES] = {
    [UNSPEC] = 0, [INET] = IPV4_BYTES, [INET6] = IPV6_BYTES, [UNIX] = UNIX_BYTES};

/* The addresses: source, target, source port, target port. */
static void v2_source(unsigned family, const unsigned char *at, struct proxy_header *out)
{
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};

    if (family == INET) {
        memcpy(&ipv4.sin_addr, at, sizeof(ipv4.sin_addr));
        memcpy(&ipv4.sin_port, at + 8, sizeof(ipv4.sin_port));
        memcpy(&out->source, &ipv4, sizeof(ipv4));
        out->source_len = sizeof(ipv4);
    } else if (family == INET6) {
        memcpy(&ipv6.sin6_addr, at, sizeof(ipv6.sin6_addr));
        memcpy(&ipv6.sin6_port, at + 32, sizeof(ipv6.sin6_port));
        memcpy(&out->source, &ipv6, sizeof(ipv6));
        out->source_len = sizeof(ipv6);
    }
}

/* True while the bytes of the head that are there are right. */
static bool may_be_head(const unsigned char *head, size_t len)
{
    return (len <= 12 || (head[12] >> 4 == 2 && (head[12] & 15) < COMMANDS)) &&
           (len <= 13 || (head[13] >> 4 < FAMILIES && (head[13] & 15) < PROTOCOLS));
}

/* The address of a header that is for the connection itself (LOCAL), or not of TCP, is not read. */
static enum proxy_header_state v2_read(const char *bytes, size_t len, struct proxy_header *out)
{
    const unsigned char *head = (const unsigned char *)bytes;

    if (!may_be_head(head, len))
        return PROXY_HEADER_BAD;
    if (len < V2_HEAD)
        return PROXY_HEADER_MORE;
    size_t rest = (size_t)head[14] << 8 | head[15];
    unsigned family = head[13] >> 4;
    bool is_client = (head[12] & 15) == PROXY && (head[13] & 15) != 0;
    size_t needed = is_client ? address_bytes[family] : 0;
    if (rest < needed)
        return PROXY_HEADER_BAD;
    if (len < V2_HEAD + needed)
        return PROXY_HEADER_MORE;
    *out = (struct proxy_header){.size = V2_HEAD + rest};
    if (is_client)
        v2_source(family, head + V2_HEAD, out);
    return PROXY_HEADER_DONE;
}

/* Both. */

static bool may_begin(struct text begin, const char *bytes, size_t len)
{
    return memcmp(begin.at, bytes, len < begin.len ? len : begin.len) == 0;
}

enum proxy_header_state proxy_header_read(const char *bytes, size_t len, struct proxy_header *out)
{
    if (may_begin(v1_begin, bytes, len))
        return len < v1_begin.len ? PROXY_HEADER_MORE : v1_read(bytes, len, out);
    if (may_begin(v2_begin, bytes, len))
        return len < v2_begin.len ? PROXY_HEADER_MORE : v2_read(bytes, len, out);
    return PROXY_HEADER_BAD;
}
