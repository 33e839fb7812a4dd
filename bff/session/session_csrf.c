/* See session_csrf.h. */
#include "bff/base/text_builder.h"
#include "bff/session/session_csrf.h"

static bool is_our_origin(const struct session_origins *ours, struct text origin)
{
    for (size_t i = 0; i < ours->count && origin.len > 0; i++)
        if (text_equal(ours->rows[i], origin))
            return true;
    return false;
}

bool session_csrf_is_safe(struct text method)
{
    return text_is(method, "GET") || text_is(method, "HEAD") || text_is(method, "OPTIONS");
}

bool session_csrf_passes(const struct session_csrf *request, const struct session_origins *ours)
{
    bool has_header = text_is(request->header, "1");
    bool fits = is_our_origin(ours, request->origin);

    if (request->is_upgrade)
        return fits;
    if (has_header && fits)
        return true;
    if (!session_csrf_is_safe(request->method))
        return false;
    /* A browser that sends one of these fields tells the truth with it. */
    if (request->origin.at != NULL && !fits)
        return false;
    if (request->fetch_site.at != NULL)
        return text_is(request->fetch_site, "same-origin");
    return has_header;
}

static struct text without_port(struct text host, struct text port)
{
    if (host.len > port.len &&
        text_equal((struct text){host.at + host.len - port.len, port.len}, port))
        host.len -= port.len;
    return host;
}

struct text session_csrf_origin(struct text scheme, struct text host, struct pool *pool)
{
    struct text_builder out;
    char *at;

    if (host.len == 0)
        return (struct text){0};
    host = without_port(host, text_is(scheme, "https") ? TEXT(":443") : TEXT(":80"));
    text_builder_init(&out, pool, scheme.len + host.len + 3);
    text_builder_add(&out, scheme);
    text_builder_add(&out, TEXT("://"));
    at = text_builder_room(&out, host.len);
    text_lower(at, host);
    out.len += host.len;
    return text_builder_text(&out);
}
