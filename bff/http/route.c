/* See route.h. */
#include "bff/base/path_reading.h"
#include "bff/base/percent.h"
#include "bff/http/method.h"
#include "bff/http/route.h"

struct segment {
    struct text text; /* decoded */
    bool is_coded_wrong;
};

struct path {
    struct segment segments[ROUTE_SEGMENTS_MAX];
    size_t count;
};

/* Splits ${text} into decoded segments. Returns -1 if there are more segments than a route can
 * have. */
static int split(struct pool *pool, struct text text, struct path *out)
{
    out->count = 0;
    text_cut(&text, '/');
    while (text.at != NULL) {
        if (out->count == ROUTE_SEGMENTS_MAX)
            return -1;
        struct segment *segment = &out->segments[out->count++];
        struct text raw = text_cut(&text, '/');
        segment->is_coded_wrong = percent_decode(pool, raw, &segment->text) != 0;
    }
    return 0;
}

static bool is_parameter(struct text segment) { return text_starts(segment, TEXT(":")); }

static bool fits(const struct route *route, const struct path *path)
{
    if (route->segment_count != path->count)
        return false;
    for (size_t i = 0; i < path->count; i++) {
        const struct segment *segment = &path->segments[i];
        if (is_parameter(route->segments[i])
                ? segment->text.len == 0
                : segment->is_coded_wrong || !text_equal(route->segments[i], segment->text))
            return false;
    }
    return true;
}

/* True when ${a} wins over ${b}: in the first segment in which one route is literal and the other
 * has a parameter, ${a} is literal. */
static bool is_closer(const struct route *a, const struct route *b)
{
    for (size_t i = 0; i < a->segment_count; i++)
        if (is_parameter(a->segments[i]) != is_parameter(b->segments[i]))
            return is_parameter(b->segments[i]);
    return false;
}

static bool is_good(struct pool *pool, const struct segment *segment)
{
    struct text text = segment->text;

    if (segment->is_coded_wrong || text.len > ROUTE_SEGMENT_BYTES || !text_is_utf8(text) ||
        path_reading_of(pool, text).has_dots)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f)
            return false;
    return true;
}

static enum route_result take(struct pool *pool, const struct route *route, const struct path *path,
                              struct route_match *out)
{
    size_t params = 0;

    out->route = route;
    for (size_t i = 0; i < path->count; i++) {
        if (!is_parameter(route->segments[i]))
            continue;
        if (!is_good(pool, &path->segments[i]))
            return ROUTE_BAD_PARAMETER;
        out->params[params++] = path->segments[i].text;
    }
    return ROUTE_FOUND;
}

enum route_result route_find(const struct route *routes, size_t count, struct pool *pool,
                             struct text method, struct text path, struct route_match *out)
{
    const struct route *closest = NULL;
    struct path parts;

    out->route = NULL;
    out->allow = TEXT("");
    if (split(pool, path, &parts) != 0)
        return ROUTE_NONE;
    for (size_t i = 0; i < count; i++)
        if (method_is_taken(routes[i].method, method) && fits(&routes[i], &parts) &&
            (closest == NULL || is_closer(&routes[i], closest)))
            closest = &routes[i];
    if (closest != NULL)
        return take(pool, closest, &parts, out);
    for (size_t i = 0; i < count; i++)
        if (fits(&routes[i], &parts))
            out->allow = method_add(pool, out->allow, routes[i].method);
    return out->allow.len > 0 ? ROUTE_OTHER_METHOD : ROUTE_NONE;
}

bool route_has_method(const struct route *routes, size_t count, struct text method)
{
    for (size_t i = 0; i < count; i++)
        if (method_is_taken(routes[i].method, method))
            return true;
    return false;
}
