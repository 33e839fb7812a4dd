/* See own_host.h. */
#include "bff/base/ip.h"
#include "bff/edge/own_host.h"
#include "bff/http/host.h"

/* Browsers and RFC 6761 section 6.3 give these names the address of the own machine. */
static bool is_localhost(struct text host)
{
    static const struct text end = {".localhost", sizeof(".localhost") - 1};

    return text_equal_nocase(host, TEXT("localhost")) ||
           (host.len > end.len && text_equal_nocase(text_after(host, host.len - end.len), end));
}

static bool is_listed(const struct admin_settings *settings, struct text host)
{
    for (size_t i = 0; i < settings->host_count; i++)
        if (text_equal_nocase(settings->hosts[i], host))
            return true;
    return false;
}

bool own_host_is(const struct admin_settings *settings, const struct request *request)
{
    struct text host = host_name(request->pool, request->host), bare = host;
    struct ip ip;

    if (host.len == 0 || is_localhost(host) || is_listed(settings, host))
        return true;
    if (host.at[0] == '[' && host.len > 2)
        bare = (struct text){host.at + 1, host.len - 2};
    return ip_read(bare, &ip);
}
