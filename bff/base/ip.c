/* See ip.h. */
#include <arpa/inet.h>
#include <stdio.h>

#include "bff/base/ip.h"

#define IPV4_AT 12 /* the place of the IPv4 address in a mapped one */

static const uint8_t mapped[IPV4_AT] = {[10] = 0xff, [11] = 0xff};

static void map_ipv4(const struct in_addr *ipv4, struct ip *out)
{
    memcpy(out->bytes, mapped, IPV4_AT);
    memcpy(out->bytes + IPV4_AT, ipv4, sizeof(*ipv4));
}

bool ip_of(const struct sockaddr *address, struct ip *out)
{
    const struct sockaddr_in *ipv4 = (const void *)address;
    const struct sockaddr_in6 *ipv6 = (const void *)address;

    if (address->sa_family == AF_INET)
        map_ipv4(&ipv4->sin_addr, out);
    else if (address->sa_family == AF_INET6)
        memcpy(out->bytes, &ipv6->sin6_addr, IP_BYTES);
    else
        return false;
    return true;
}

bool ip_read(struct text text, struct ip *out)
{
    char string[IP_TEXT];
    struct in_addr ipv4;
    struct in6_addr ipv6;

    if (text.len == 0 || text.len >= sizeof(string) || memchr(text.at, '\0', text.len) != NULL)
        return false;
    snprintf(string, sizeof(string), "%.*s", TEXT_ARGS(text));
    if (inet_pton(AF_INET, string, &ipv4) == 1)
        map_ipv4(&ipv4, out);
    else if (inet_pton(AF_INET6, string, &ipv6) == 1)
        memcpy(out->bytes, &ipv6, IP_BYTES);
    else
        return false;
    return true;
}

bool ip_is_ipv4(const struct ip *ip) { return memcmp(ip->bytes, mapped, IPV4_AT) == 0; }

bool ip_is_loopback(const struct ip *ip)
{
    struct in6_addr ipv6;

    if (ip_is_ipv4(ip))
        return ip->bytes[IPV4_AT] == 127;
    memcpy(&ipv6, ip->bytes, IP_BYTES);
    return IN6_IS_ADDR_LOOPBACK(&ipv6);
}

struct text ip_print(const struct ip *ip, char out[IP_TEXT])
{
    bool is_ipv4 = ip_is_ipv4(ip);
    const uint8_t *bytes = is_ipv4 ? ip->bytes + IPV4_AT : ip->bytes;

    return text_of(inet_ntop(is_ipv4 ? AF_INET : AF_INET6, bytes, out, IP_TEXT));
}
