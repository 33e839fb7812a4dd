/* See plain_route.h. */
#include "bff/base/check.h"
#include "bff/base/percent.h"
#include "bff/http/method.h"
#include "bff/proxy/plain_route.h"

/* Finding. */

static bool is_prefix(const struct plain_route *route)
{
    return route->path.at[route->path.len - 1] == '/';
}

static bool fits_path(const struct plain_route *route, struct text path)
{
    return is_prefix(route) ? text_starts(path, route->path) : text_equal(path, route->path);
}

static bool fits_conditions(const struct plain_route *route, const struct plain_question *question)
{
    if (route->host.at != NULL && !text_equal_nocase(route->host, question->host))
        return false;
    if (route->header.name.at == NULL)
        return true;
    struct text value = question->header(question->cookie, route->header.name);
    return value.at != NULL &&
           (route->header.value.at == NULL || text_equal(route->header.value, value));
}

static bool takes(const struct plain_route *route, struct text method)
{
    if (route->methods == NULL)
        return true;
    for (const struct text *one = route->methods; one->at != NULL; one++)
        if (method_is_taken(*one, method))
            return true;
    return false;
}

static bool is_closer(const struct plain_route *a, const struct plain_route *b)
{
    if (b == NULL)
        return true;
    if (is_prefix(a) != is_prefix(b))
        return is_prefix(b);
    return a->path.len > b->path.len;
}

static void add_methods(struct pool *pool, const struct plain_route *route, struct text *allow)
{
    for (const struct text *one = route->methods; one->at != NULL; one++)
        *allow = method_add(pool, *allow, *one);
}

enum plain_result plain_route_find(const struct plain_routes *routes,
                                   const struct plain_question *question, struct pool *pool,
                                   const struct plain_route **found, struct text *allow)
{
    *found = NULL;
    *allow = TEXT("");
    for (size_t i = 0; i < routes->count; i++) {
        const struct plain_route *route = &routes->rows[i];
        if (!fits_path(route, question->path) || !fits_conditions(route, question))
            continue;
        if (!takes(route, question->method))
            add_methods(pool, route, allow);
        else if (is_closer(route, *found))
            *found = route;
    }
    if (*found != NULL)
        return PLAIN_FOUND;
    return allow->len > 0 ? PLAIN_OTHER_METHOD : PLAIN_NONE;
}

/* Paths. */

/* Writes one segment as it is to be spelt; returns its end, or NULL when it is wrongly encoded. */
static char *spell(struct text segment, char *out)
{
    for (size_t i = 0; i < segment.len; i++) {
        char c = segment.at[i];
        if (c != '%') {
            *out++ = c;
            continue;
        }
        int high = segment.len - i > 2 ? percent_hex(segment.at[i + 1]) : -1;
        int low = high < 0 ? -1 : percent_hex(segment.at[i + 2]);
        if (low < 0)
            return NULL;
        i += 2;
        if (percent_is_unreserved(high * 16 + low)) {
            *out++ = (char)(high * 16 + low);
            continue;
        }
        *out++ = '%';
        *out++ = "0123456789ABCDEF"[high];
        *out++ = "0123456789ABCDEF"[low];
    }
    return out;
}

/* ${at} is behind a '/': goes back to behind the '/' before it. NULL at the root. */
static char *parent(char *start, char *at)
{
    if (at == start + 1)
        return NULL;
    for (at--; at[-1] != '/'; at--)
        ;
    return at;
}

/* What is written always ends behind a '/', so that a segment, or nothing, can follow. */
int plain_path(struct pool *pool, struct text path, struct text *out)
{
    char *start = pool_take(pool, path.len + 1), *at = start;
    struct text rest = path;

    must(text_starts(path, TEXT("/")));
    text_cut(&rest, '/');
    *at++ = '/';
    while (rest.at != NULL) {
        struct text segment = text_cut(&rest, '/');
        char *end = spell(segment, at);
        if (end == NULL)
            return -1;
        struct text spelt = {at, (size_t)(end - at)};
        bool is_up = text_is(spelt, "..");
        if (is_up)
            at = parent(start, at);
        if (at == NULL)
            return -1;
        if (is_up || text_is(spelt, "."))
            continue;
        at = end;
        if (rest.at != NULL)
            *at++ = '/';
    }
    *out = (struct text){start, (size_t)(at - start)};
    return 0;
}

struct text plain_target(struct pool *pool, const struct plain_route *route, struct text path,
                         struct text query)
{
    struct text head = route->to, tail = path;

    must(fits_path(route, path));
    if (route->to.at == NULL)
        head = TEXT("");
    else
        tail = (struct text){path.at + route->path.len, path.len - route->path.len};
    return pool_print(pool, "%.*s%.*s%s%.*s", TEXT_ARGS(head), TEXT_ARGS(tail),
                      query.at == NULL ? "" : "?", TEXT_ARGS(query));
}
