/* See section_routes_repeated.h. */
#include "bff/config/section_routes_repeated.h"

static bool is_listed(const struct text *list, struct text method)
{
    for (; list->at != NULL; list++)
        if (text_equal(*list, method))
            return true;
    return false;
}

/* NULL means all methods. No list is equal to NULL. */
static bool methods_equal(const struct text *a, const struct text *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    for (const struct text *one = a; one->at != NULL; one++)
        if (!is_listed(b, *one))
            return false;
    for (const struct text *one = b; one->at != NULL; one++)
        if (!is_listed(a, *one))
            return false;
    return true;
}

static bool fields_equal(const struct plain_fields *a, const struct plain_fields *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!text_equal(a->rows[i].name, b->rows[i].name) ||
            (a->rows[i].value.at == NULL) != (b->rows[i].value.at == NULL) ||
            !text_equal(a->rows[i].value, b->rows[i].value))
            return false;
    return true;
}

static bool is_same(const struct plain_route *a, const struct plain_route *b)
{
    return a->path.at != NULL && text_equal(a->path, b->path) && text_equal(a->host, b->host) &&
           text_equal(a->header.name, b->header.name) &&
           (a->header.value.at == NULL) == (b->header.value.at == NULL) &&
           text_equal(a->header.value, b->header.value) && methods_equal(a->methods, b->methods) &&
           fields_equal(&a->match.query, &b->match.query) &&
           fields_equal(&a->match.cookie, &b->match.cookie);
}

/* True if a condition of the route is wrong. A wrong condition was not set, so two different routes
 * may look equal. */
static bool is_wrong(struct settings *settings, size_t index)
{
    static const char *const paths[] = {
        "routes.*.path",         "routes.*.methods", "routes.*.host",  "routes.*.header.name",
        "routes.*.header.value", "routes.*.query",   "routes.*.cookie"};

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        if (settings_mark(settings, paths[i], index)->is_wrong)
            return true;
    return false;
}

void section_routes_repeated_check(struct settings *settings, size_t index)
{
    const struct plain_route *routes = settings->config->routes.rows;
    for (size_t i = 0; i < index; i++) {
        if (!is_same(&routes[i], &routes[index]) || is_wrong(settings, i) ||
            is_wrong(settings, index))
            continue;
        settings_complain(
            settings, "routes.*.path", index,
            "routes[%zu] has the same path, methods, host and header; this one is never found", i);
        return;
    }
}
