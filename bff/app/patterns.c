/* See patterns.h. */
#include "bff/app/built_in_pages.h"
#include "bff/app/patterns.h"
#include "bff/base/check.h"
#include "bff/http/own_path.h"

enum { HEALTH, READY, SERVICE, HEALTH_PAGES };

static const struct text health_pages[HEALTH_PAGES] = {
    [HEALTH] = {OWN_PATH_HEALTH, sizeof(OWN_PATH_HEALTH) - 1},
    [READY] = {OWN_PATH_READY, sizeof(OWN_PATH_READY) - 1},
    [SERVICE] = {OWN_PATH_SERVICE ":service", sizeof(OWN_PATH_SERVICE ":service") - 1},
};

static size_t page_count(void)
{
    size_t count = 0;

    while (built_in_pages[count].method != NULL)
        count++;
    return count;
}

size_t patterns_count(const struct dispatch *dispatch)
{
    return dispatch->pages->count + dispatch->routes->count + page_count() + HEALTH_PAGES;
}

struct text patterns_at(const struct dispatch *dispatch, size_t number)
{
    size_t i = number - 1;

    must(number > 0 && number <= patterns_count(dispatch));
    if (i < dispatch->pages->count)
        return dispatch->pages->plans[i]->path;
    i -= dispatch->pages->count;
    if (i < dispatch->routes->count)
        return dispatch->routes->rows[i].path;
    i -= dispatch->routes->count;
    if (i < page_count())
        return text_of(built_in_pages[i].path);
    return health_pages[i - page_count()];
}

static void set(struct request_context *context, size_t before, ptrdiff_t place, struct text text)
{
    context->request->pattern = text;
    context->request->pattern_number = before + (size_t)place + 1;
}

void patterns_set(struct request_context *context)
{
    const struct dispatch *dispatch = context->dispatch;
    const struct found *found = &context->found;
    size_t composites = dispatch->pages->count, routes = dispatch->routes->count;

    if (found->page != NULL)
        set(context, composites + routes, found->page - built_in_pages, text_of(found->page->path));
    else if (found->kind == FOUND_COMPOSITE)
        set(context, 0, found->match.route - dispatch->pages->routes,
            ((const struct plan *)found->match.route->target)->path);
    else if (found->kind == FOUND_ROUTE)
        set(context, composites, found->route - dispatch->routes->rows, found->route->path);
}

void patterns_set_health(struct request_context *context)
{
    const struct dispatch *dispatch = context->dispatch;
    struct text path = context->request->path;
    int which = text_is(path, OWN_PATH_HEALTH)  ? HEALTH
                : text_is(path, OWN_PATH_READY) ? READY
                                                : SERVICE;

    set(context, patterns_count(dispatch) - HEALTH_PAGES, which, health_pages[which]);
}
