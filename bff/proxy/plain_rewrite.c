/* See plain_rewrite.h. */
#include "bff/base/text_builder.h"

#include "bff/proxy/plain_path.h"
#include "bff/proxy/plain_rewrite.h"

/* Returns map number ${i}; NULL after the last one. */
static const struct plain_rewrite_map *map_at(const struct plain_rewrite *rewrite, size_t i)
{
    if (i == 0)
        return &rewrite->own;
    return i <= rewrite->map_count ? &rewrite->maps[i - 1] : NULL;
}

static bool is_prefix(const struct plain_rewrite_map *map)
{
    return text_ends(map->to, '/') && text_ends(map->path, '/');
}

/* True when ${path} of the service may also be a path of clients, to which the service has added
 * the prefix itself: "/live/x" behind /live/ with `to: /`. */
static bool is_done(const struct plain_rewrite_map *map, struct text path)
{
    return map->path.len > map->to.len && text_starts(map->path, map->to) &&
           text_starts(path, map->path);
}

static struct text join(struct pool *pool, struct text head, struct text tail)
{
    struct text_builder out;

    text_builder_init(&out, pool, head.len + tail.len);
    text_builder_add(&out, head);
    text_builder_add(&out, tail);
    return text_builder_text(&out);
}

/* URLs. */

/* True when browsers may read ${url} in another way than it is written: they leave out control
 * bytes, and read a backslash as a slash (WHATWG URL). */
static bool is_ambiguous(struct text url)
{
    for (size_t i = 0; i < url.len; i++) {
        unsigned char byte = (unsigned char)url.at[i];
        if (byte <= ' ' || byte == 0x7f || byte == '\\')
            return true;
    }
    return false;
}

/* Removes "." or "%2e" at the beginning of ${segment}. */
static bool cut_dot(struct text *segment)
{
    size_t len = text_starts_nocase(*segment, TEXT("%2e")) ? 3 : text_starts(*segment, TEXT("."));

    *segment = text_after(*segment, len);
    return len > 0;
}

static bool has_dots(struct text path)
{
    while (path.at != NULL) {
        struct text segment = text_cut(&path, '/');
        if (cut_dot(&segment) && (segment.len == 0 || (cut_dot(&segment) && segment.len == 0)))
            return true;
    }
    return false;
}

static struct text path_of(struct text target)
{
    size_t len = 0;

    while (len < target.len && target.at[len] != '?' && target.at[len] != '#')
        len++;
    return (struct text){target.at, len};
}

/* True for a path that all programs read in the same way. */
static bool is_plain(struct pool *pool, struct text path)
{
    struct text normal;

    return text_starts(path, TEXT("/")) && !text_starts(path, TEXT("//")) && !has_dots(path) &&
           plain_path(pool, path, &normal) == 0;
}

/* Removes the address of the service at the beginning of ${url}. Returns false if there is none. */
static bool cut_origin(const struct plain_rewrite *rewrite, struct text *url)
{
    for (size_t i = 0; i < rewrite->origin_count; i++) {
        struct text origin = rewrite->origins[i];
        if (!text_starts_nocase(*url, origin))
            continue;
        struct text rest = text_after(*url, origin.len);
        if (rest.len > 0 && rest.at[0] != '/' && rest.at[0] != '?' && rest.at[0] != '#')
            continue;
        *url = rest;
        return true;
    }
    return false;
}

/* True when ${map} is for ${path}, of which the first ${*len} bytes are replaced. */
static bool fits(const struct plain_rewrite_map *map, struct text path, size_t *len)
{
    *len = map->to.len;
    return is_prefix(map) ? text_starts(path, map->to) : text_equal(path, map->to);
}

/* A result that begins with "//" would be the name of a server. */
static bool is_of_server(struct text target)
{
    return target.len > 0 && target.at[0] == '/' && !text_starts(target, TEXT("//"));
}

static struct text url_changed(const struct plain_rewrite *rewrite, struct pool *pool,
                               struct text url)
{
    const struct plain_rewrite_map *map;
    struct text target = url, path;
    bool is_whole = cut_origin(rewrite, &target);
    size_t len;

    if (is_whole && !text_starts(target, TEXT("/")))
        target = join(pool, TEXT("/"), target);
    path = path_of(target);
    if (is_ambiguous(url) || !is_plain(pool, path))
        return url;
    for (size_t i = 0; (map = map_at(rewrite, i)) != NULL; i++) {
        if (!is_whole && is_done(map, path))
            return url;
        if (!fits(map, path, &len))
            continue;
        struct text changed = join(pool, map->path, text_after(target, len));
        return is_of_server(changed) ? changed : url;
    }
    return url;
}

/* "5; url=/users/42": the URL may be in quotes. */
static struct text refresh_changed(const struct plain_rewrite *rewrite, struct pool *pool,
                                   struct text value)
{
    size_t at = 0;

    while (at < value.len && !text_starts_nocase(text_after(value, at), TEXT("url=")))
        at++;
    if (at >= value.len)
        return value;
    at += sizeof("url=") - 1;
    struct text head = {value.at, at}, url = text_after(value, at), tail = {0};
    if (url.len > 0 && (url.at[0] == '"' || url.at[0] == '\'')) {
        char quote = url.at[0];
        const char *end = memchr(url.at + 1, quote, url.len - 1);
        size_t len = end == NULL ? url.len - 1 : (size_t)(end - url.at) - 1;
        head.len++;
        tail = text_after(url, 1 + len);
        url = (struct text){url.at + 1, len};
    }
    struct text changed = url_changed(rewrite, pool, url);
    return changed.at == url.at ? value : join(pool, join(pool, head, changed), tail);
}

/* Cookies. */

/* "/users" is all of "/users/". The path "/" stays: such a cookie is meant for all of the site. */
static struct text path_changed(const struct plain_rewrite *rewrite, struct pool *pool,
                                struct text path)
{
    const struct plain_rewrite_map *map;

    if (path.len < 2 || is_ambiguous(path) || !is_plain(pool, path))
        return path;
    for (size_t i = 0; (map = map_at(rewrite, i)) != NULL; i++) {
        struct text to = map->to, own = map->path;
        size_t len;
        if (is_done(map, path))
            return path;
        if (fits(map, path, &len))
            return join(pool, own, text_after(path, len));
        if (is_prefix(map) && path.len == to.len - 1 && text_starts(to, path))
            return own.len > 1 ? (struct text){own.at, own.len - 1} : own;
    }
    return path;
}

/* Adds the attribute ${text}, " Path=/users/", which follows a semicolon. */
static void attribute_add(const struct plain_rewrite *rewrite, struct text_builder *out,
                          struct text text)
{
    struct text value = text, name = text_trim(text_cut(&value, '='));
    bool is_domain = text_equal_nocase(name, TEXT("domain"));
    bool is_path = text_equal_nocase(name, TEXT("path")) && value.at != NULL && rewrite->cookies;
    struct text path = text_trim(value);

    if (is_domain && rewrite->on_domain == PLAIN_REWRITE_DOMAIN_REMOVE)
        return;
    text_builder_add(out, TEXT(";"));
    if (is_domain && rewrite->on_domain == PLAIN_REWRITE_DOMAIN_SET) {
        text_builder_add(out, TEXT(" Domain="));
        text_builder_add(out, rewrite->domain);
    } else if (is_path) {
        size_t head = (size_t)(path.at - text.at);
        text_builder_add(out, (struct text){text.at, head});
        text_builder_add(out, path_changed(rewrite, out->pool, path));
        text_builder_add(out, text_after(text, head + path.len));
    } else {
        text_builder_add(out, text);
    }
}

static struct text cookie_changed(const struct plain_rewrite *rewrite, struct pool *pool,
                                  struct text value)
{
    struct text rest = value;
    struct text_builder out;

    if (!rewrite->cookies && rewrite->on_domain == PLAIN_REWRITE_DOMAIN_KEEP)
        return value;
    text_builder_init(&out, pool, value.len + 32);
    text_builder_add(&out, text_cut(&rest, ';'));
    while (rest.at != NULL)
        attribute_add(rewrite, &out, text_cut(&rest, ';'));
    return text_builder_text(&out);
}

/* Most fields have another length, so they need no comparison. */
static bool is_name(struct text name, struct text other)
{
    return name.len == other.len && text_equal_nocase(name, other);
}

struct text plain_rewrite(const struct plain_rewrite *rewrite, struct pool *pool, struct text name,
                          struct text value)
{
    if (rewrite->locations &&
        (is_name(name, TEXT("location")) || is_name(name, TEXT("content-location"))))
        return url_changed(rewrite, pool, value);
    if (rewrite->locations && is_name(name, TEXT("refresh")))
        return refresh_changed(rewrite, pool, value);
    if (is_name(name, TEXT("set-cookie")))
        return cookie_changed(rewrite, pool, value);
    return value;
}
