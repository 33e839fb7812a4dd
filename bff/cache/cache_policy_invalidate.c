/* See cache_policy.h. This file says what a request that changes data invalidates (RFC 9111 section
 * 4.4). */
#include "bff/base/text_builder.h"
#include "bff/cache/cache_policy.h"
#include "bff/http/method.h"

bool cache_policy_invalidates(struct text method, int status)
{
    return method_may_change(method) && status >= 200 && status <= 399;
}

/* Cuts ${text} before the first of ${ends}, bytes of a string. */
static struct text until(struct text text, const char *ends)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] != '\0' && strchr(ends, text.at[i]) != NULL)
            return (struct text){text.at, i};
    return text;
}

/* Returns ${authority} without the port that ${scheme} has by default. */
static struct text bare_authority(struct text scheme, struct text authority)
{
    struct text port = text_equal_nocase(scheme, TEXT("https")) ? TEXT(":443") : TEXT(":80");
    size_t len = authority.len;

    if (len > port.len && text_equal((struct text){authority.at + len - port.len, port.len}, port))
        authority.len -= port.len;
    return authority;
}

/* Removes scheme and authority from ${*location}, if it has them. Returns false when they are of
 * another origin. */
static bool cut_origin(struct text *location, struct text origin)
{
    struct text scheme = until(origin, ":"), own = text_after(origin, scheme.len), theirs;

    if (text_starts_nocase(*location, scheme) &&
        text_starts(text_after(*location, scheme.len), TEXT("://")))
        *location = text_after(*location, scheme.len + 1);
    if (!text_starts(*location, TEXT("//")))
        return true;
    theirs = until(text_after(*location, 2), "/?#");
    *location = text_after(*location, 2 + theirs.len);
    return text_starts(own, TEXT("://")) &&
           text_equal_nocase(bare_authority(scheme, theirs), text_after(own, 3));
}

/* Returns ${path} up to and with its last '/'. */
static struct text folder(struct text path)
{
    while (path.len > 0 && path.at[path.len - 1] != '/')
        path.len--;
    return path;
}

/* True when a scheme begins ${text}: a colon comes before anything that ends a path segment. */
static bool has_scheme(struct text text)
{
    struct text first = until(text, ":/?#");

    return first.len < text.len && text.at[first.len] == ':';
}

static bool has_dots(struct text path)
{
    while (path.at != NULL) {
        struct text segment = text_cut(&path, '/');
        if (text_is(segment, ".") || text_is(segment, ".."))
            return true;
    }
    return false;
}

struct text cache_policy_other_path(struct pool *pool, struct text location, struct text origin,
                                    struct text path)
{
    struct text left = until(text_trim(location), "#");
    struct text_builder out;

    location = left;
    if (location.len == 0 || origin.len == 0 || !cut_origin(&left, origin) || has_scheme(left) ||
        has_dots(until(left, "?")))
        return (struct text){0};
    if (left.at != location.at) /* it has an authority, so the path of the request is no base */
        path = TEXT("/");
    text_builder_init(&out, pool, path.len + left.len + 1);
    if (left.len == 0 || left.at[0] == '?')
        text_builder_add(&out, path);
    else if (left.at[0] != '/')
        text_builder_add(&out, folder(path));
    text_builder_add(&out, left);
    return text_builder_text(&out);
}
