/* See host.h. */
#include <arpa/inet.h>
#include <stdio.h>

#include "bff/base/percent.h"
#include "bff/http/host.h"

static struct text without_port(struct text authority)
{
    const char *colon = authority.len == 0 ? NULL : memrchr(authority.at, ':', authority.len);
    struct text host = authority;

    /* The colons of an IPv6 address come before a bracket. */
    if (colon != NULL && memchr(colon, ']', (size_t)(host.at + host.len - colon)) == NULL)
        host.len = (size_t)(colon - host.at);
    return host;
}

static struct text short_address(struct pool *pool, struct text host)
{
    char string[INET6_ADDRSTRLEN];
    struct in6_addr address;

    if (host.len - 2 >= sizeof(string))
        return host;
    snprintf(string, sizeof(string), "%.*s", (int)host.len - 2, host.at + 1);
    if (inet_pton(AF_INET6, string, &address) != 1)
        return host;
    return pool_print(pool, "[%s]", inet_ntop(AF_INET6, &address, string, sizeof(string)));
}

struct text host_name(struct pool *pool, struct text authority)
{
    struct text host = without_port(authority), decoded;

    if (text_starts(host, TEXT("[")))
        return short_address(pool, host);
    if (percent_decode(pool, host, &decoded) == 0)
        host = decoded;
    if (host.len > 0 && host.at[host.len - 1] == '.')
        host.len--;
    return host;
}
