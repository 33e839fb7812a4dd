/* See security_headers.h. */
#include "bff/http/reply.h"
#include "bff/http/request_peer.h"
#include "bff/proxy/security_headers.h"

#define HSTS "strict-transport-security"

/* The first field is for pages, too. */
static const struct reply_field fields[] = {
    {"x-content-type-options", {"nosniff", sizeof("nosniff") - 1}},
    {"x-frame-options", {"SAMEORIGIN", sizeof("SAMEORIGIN") - 1}},
    {"referrer-policy",
     {"strict-origin-when-cross-origin", sizeof("strict-origin-when-cross-origin") - 1}},
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

/* RFC 6797 section 7.2: not over plain HTTP. */
static bool has_hsts(const struct request *request, const struct security_settings *settings,
                     const struct plain_route *route)
{
    return settings->hsts.at != NULL && (route == NULL || route->security.has_hsts) &&
           text_is(request->peer->proto, "https");
}

static size_t field_count(const struct security_settings *settings, const struct plain_route *route)
{
    if (route == NULL)
        return settings->on_pages ? 1 : 0;
    return route->security.is_on ? FIELDS : 0;
}

/* True when the route says itself what the field is. */
static bool is_own(const struct plain_route *route, const char *name)
{
    return route != NULL && plain_route_changes(&route->response, text_of(name));
}

void security_headers_add(struct request *request, const struct security_settings *settings,
                          const struct plain_route *route)
{
    for (size_t i = 0; i < field_count(settings, route); i++)
        if (!is_own(route, fields[i].name))
            reply_add_field(request, fields[i]);
    if (has_hsts(request, settings, route) && !is_own(route, HSTS))
        reply_add_field(request, (struct reply_field){HSTS, settings->hsts});
}

bool security_headers_replace(const struct request *request,
                              const struct security_settings *settings,
                              const struct plain_route *route, struct text name)
{
    for (size_t i = 0; i < field_count(settings, route); i++)
        if (text_equal_nocase(name, text_of(fields[i].name)))
            return true;
    return has_hsts(request, settings, route) && text_equal_nocase(name, TEXT(HSTS));
}
