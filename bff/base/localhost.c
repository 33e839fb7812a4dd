/* See localhost.h. */
#include "bff/base/ip.h"

#include "bff/base/localhost.h"

static struct text without_brackets(struct text host)
{
    if (host.len < 2 || host.at[0] != '[' || host.at[host.len - 1] != ']')
        return host;
    return (struct text){host.at + 1, host.len - 2};
}

static bool is_name(struct text host)
{
    const struct text name = TEXT("localhost");

    if (host.len < name.len)
        return false;
    struct text end = {host.at + host.len - name.len, name.len};
    return text_equal_nocase(end, name) && (end.at == host.at || end.at[-1] == '.');
}

bool localhost_is(struct text host)
{
    struct ip ip;

    return ip_read(without_brackets(host), &ip) ? ip_is_loopback(&ip) : is_name(host);
}
