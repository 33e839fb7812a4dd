/* See cors.h. */
#include "bff/http/field.h"

#include "bff/edge/cors.h"

/* Scripts of another origin may read these response fields only because they are listed here. '*'
 * would not do: when a request has credentials, a browser reads '*' as the name of a field. */
#define EXPOSED                                                                                    \
    "Server-Timing, Proxy-Status, X-Request-Id, RateLimit-Policy, RateLimit-Limit, "               \
    "RateLimit-Remaining, RateLimit-Reset, Retry-After, Cache-Status, Age"

#define VARY_OF_PREFLIGHT "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"

struct text cors_exposed(struct pool *pool, const struct text *names, size_t count)
{
    struct text list = TEXT(EXPOSED);

    for (size_t i = 0; i < count; i++)
        if (!text_list_has_nocase(list, names[i]))
            list = pool_print(pool, "%.*s, %.*s", TEXT_ARGS(list), TEXT_ARGS(names[i]));
    return list;
}

bool cors_is_on(const struct cors_settings *settings)
{
    return settings->allows_any || settings->origin_count > 0;
}

/* Even when every origin is allowed, ${origin} must have the form of an origin, because it is
 * copied into a header field. */
static bool is_origin(struct text origin)
{
    struct text rest = origin, scheme = text_cut(&rest, ':');

    if (!field_is_token(scheme) || !text_starts(rest, TEXT("//")) || rest.len == 2)
        return false;
    for (size_t i = 0; i < origin.len; i++)
        if (origin.at[i] <= ' ' || origin.at[i] >= 0x7f || origin.at[i] == ',')
            return false;
    return true;
}

/* A part of a host name between two dots, in lower case. */
static bool is_label(struct text label)
{
    for (size_t i = 0; i < label.len; i++) {
        char c = label.at[i];
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_')
            return false;
    }
    return label.len > 0;
}

/* Before and after the '*' of ${wanted}, the origin must be the same byte by byte. */
static bool fits(struct text wanted, struct text origin)
{
    struct text end = wanted, begin = text_cut(&end, '*');

    if (end.at == NULL)
        return text_equal(wanted, origin);
    if (!text_starts(origin, begin) || origin.len < begin.len + end.len)
        return false;
    struct text label = {origin.at + begin.len, origin.len - begin.len - end.len};
    return is_label(label) && text_equal((struct text){label.at + label.len, end.len}, end);
}

bool cors_allows(const struct cors_settings *settings, struct text origin)
{
    if (!is_origin(origin))
        return false;
    for (size_t i = 0; i < settings->origin_count; i++)
        if (fits(settings->origins[i], origin))
            return true;
    return settings->allows_any;
}

bool cors_is_preflight(struct text method, const struct cors_preflight *preflight)
{
    return text_is(method, "OPTIONS") && preflight->origin.at != NULL &&
           preflight->request_method.at != NULL;
}

/*
 * Fields that a preflight does not list: those that need no permission (CORS-safelisted
 * request-headers in the Fetch standard), and those that the browser itself sets. All names that
 * begin with "sec-" are of the second kind.
 */
static const char *const unlisted[] = {
    "accept", "accept-encoding", "accept-language", "content-language", "content-type", "cookie",
    "dnt",    "origin",          "range",           "referer",          "user-agent",
};

bool cors_may_carry(const struct cors_preflight *preflight, struct text name)
{
    if (text_starts(name, TEXT("sec-")))
        return true;
    for (size_t i = 0; i < sizeof(unlisted) / sizeof(unlisted[0]); i++)
        if (text_is(name, unlisted[i]))
            return true;
    return text_list_has_nocase(preflight->request_headers, name);
}

/* Returns the names of the fields that the browser may send: all the names that it asked for, or
 * absent when it may send none. */
static struct text allowed_headers(struct text asked)
{
    struct text rest = asked, none = {0};
    size_t count = 0;

    if (asked.len == 0 || asked.len > CORS_REQUEST_HEADERS_BYTES)
        return none;
    while (rest.at != NULL) {
        struct text name = text_trim(text_cut(&rest, ','));
        if (!field_is_token(name) || ++count > CORS_REQUEST_HEADERS_MAX)
            return none;
    }
    return asked;
}

static bool has_credentials(const struct cors_settings *settings)
{
    return settings->credentials && !settings->allows_any;
}

static struct text credentials(const struct cors_settings *settings)
{
    return has_credentials(settings) ? TEXT("true") : (struct text){0};
}

size_t cors_preflight_fields(const struct cors_settings *settings,
                             const struct cors_preflight *preflight, struct text methods,
                             struct pool *pool, struct reply_field out[CORS_FIELDS_MAX])
{
    size_t count = 0;

    if (!cors_is_on(settings))
        return 0;
    out[count++] = (struct reply_field){"vary", TEXT(VARY_OF_PREFLIGHT)};
    if (!cors_allows(settings, preflight->origin))
        return count;
    out[count++] = (struct reply_field){"access-control-allow-origin", preflight->origin};
    out[count++] = (struct reply_field){"access-control-allow-methods", methods};
    out[count++] = (struct reply_field){"access-control-allow-headers",
                                        allowed_headers(preflight->request_headers)};
    out[count++] = (struct reply_field){"access-control-allow-credentials", credentials(settings)};
    out[count++] = (struct reply_field){"access-control-max-age",
                                        pool_print(pool, "%u", settings->max_age_seconds)};
    return count;
}

size_t cors_answer_fields(const struct cors_settings *settings, struct text origin,
                          struct reply_field out[CORS_FIELDS_MAX])
{
    size_t count = 0;

    if (!cors_is_on(settings))
        return 0;
    out[count++] = (struct reply_field){"vary", TEXT("Origin")};
    if (!cors_allows(settings, origin))
        return count;
    out[count++] = (struct reply_field){"access-control-allow-origin", origin};
    out[count++] = (struct reply_field){"access-control-allow-credentials", credentials(settings)};
    out[count++] =
        (struct reply_field){"access-control-expose-headers",
                             settings->exposed.at == NULL ? TEXT(EXPOSED) : settings->exposed};
    out[count++] = (struct reply_field){"timing-allow-origin", origin};
    return count;
}

bool cors_is_cors_field(struct text name)
{
    const struct text prefix = TEXT("access-control-");
    bool has_prefix =
        name.len >= prefix.len && text_equal_nocase((struct text){name.at, prefix.len}, prefix);

    return has_prefix || text_equal_nocase(name, TEXT("timing-allow-origin"));
}
