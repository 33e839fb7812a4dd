/* See plain_route.h. */
#include "bff/base/check.h"
#include "bff/base/percent.h"
#include "bff/base/text_builder.h"
#include "bff/http/method.h"
#include "bff/proxy/plain_pattern.h"
#include "bff/proxy/plain_route.h"

static bool is_prefix(const struct plain_route *route)
{
    return route->path.at[route->path.len - 1] == '/';
}

static bool fits_path(const struct plain_route *route, struct text path)
{
    if (route->transform.has_captures)
        return plain_pattern_fits(route->path, path);
    return is_prefix(route) ? text_starts(path, route->path) : text_equal(path, route->path);
}

/* A text that is not properly encoded stays as it is. */
static struct text decoded(struct pool *pool, struct text text)
{
    struct text out;

    return percent_decode_form(pool, text, &out) == 0 ? out : text;
}

bool plain_route_has_parameter(struct pool *pool, struct text query,
                               const struct plain_field *field)
{
    while (query.at != NULL) {
        struct text value = text_cut(&query, '&');
        struct text name = text_cut(&value, '=');
        if (text_equal(decoded(pool, name), field->name) &&
            (field->value.at == NULL || text_equal(decoded(pool, value), field->value)))
            return true;
    }
    return false;
}

static bool fits_match(const struct plain_match *match, const struct plain_question *question,
                       struct pool *pool)
{
    for (size_t i = 0; i < match->query.count; i++)
        if (!plain_route_has_parameter(pool, question->query, &match->query.rows[i]))
            return false;
    for (size_t i = 0; i < match->cookie.count; i++)
        if (!question->has_cookie(question->cookie, &match->cookie.rows[i]))
            return false;
    return true;
}

static bool fits_conditions(const struct plain_route *route, const struct plain_question *question,
                            struct pool *pool)
{
    if (route->host.at != NULL && !text_equal_nocase(route->host, question->host))
        return false;
    if (route->header.name.at != NULL && !question->has_field(question->cookie, &route->header))
        return false;
    return fits_match(&route->match, question, pool);
}

bool plain_route_is_for_all(const struct plain_route *route)
{
    return route->host.at == NULL && route->header.name.at == NULL &&
           route->match.query.count == 0 && route->match.cookie.count == 0;
}

static bool is_closer(const struct plain_route *a, const struct plain_route *b)
{
    if (b == NULL)
        return true;
    if (is_prefix(a) != is_prefix(b))
        return is_prefix(b);
    if (a->transform.has_captures || b->transform.has_captures)
        return plain_pattern_is_closer(a->path, b->path);
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
        if (!fits_path(route, question->path) || !fits_conditions(route, question, pool))
            continue;
        if (!method_is_among(route->methods, question->method))
            add_methods(pool, route, allow);
        else if (is_closer(route, *found))
            *found = route;
    }
    if (*found != NULL)
        return PLAIN_FOUND;
    return allow->len > 0 ? PLAIN_OTHER_METHOD : PLAIN_NONE;
}

bool plain_route_has_method(const struct plain_routes *routes, struct text method)
{
    for (size_t i = 0; i < routes->count; i++)
        if (method_is_among(routes->rows[i].methods, method))
            return true;
    return false;
}

/* Returns the path of the target. With captures, ${to} is a template, too. */
static struct text target_path(struct pool *pool, const struct plain_route *route, struct text path)
{
    const struct plain_transform *transform = &route->transform;
    struct text_builder target;

    must(fits_path(route, path));
    if (transform->path.at != NULL)
        return plain_pattern_fill(pool, route->path, path, transform->path);
    if (transform->has_captures && route->to.at != NULL)
        return plain_pattern_fill(pool, route->path, path, route->to);
    if (route->to.at == NULL)
        return path;
    text_builder_init(&target, pool, route->to.len + path.len);
    text_builder_add(&target, route->to);
    text_builder_add(&target, (struct text){path.at + route->path.len, path.len - route->path.len});
    return text_builder_text(&target);
}

struct text plain_route_target(struct pool *pool, const struct plain_route *route, struct text path,
                               struct text query)
{
    struct text head = target_path(pool, route, path);
    struct text_builder target;

    query = plain_query_apply(pool, &route->transform.query, route->path, path, query);
    if (query.at == NULL)
        return head;
    text_builder_init(&target, pool, head.len + 1 + query.len);
    text_builder_add(&target, head);
    text_builder_add(&target, TEXT("?"));
    text_builder_add(&target, query);
    return text_builder_text(&target);
}

bool plain_route_changes(const struct plain_fields *fields, struct text name)
{
    for (size_t i = 0; i < fields->count; i++)
        if (text_equal_nocase(fields->rows[i].name, name))
            return true;
    return false;
}
