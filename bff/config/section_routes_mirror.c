/* routes.*.mirror: copies of requests for another service. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct plain_route, mirror.member)
#define MIRROR_MAX 10000

static const struct setting rows[] = {
    {"routes.*.mirror.service", &kind_service, OF(service), .shown = "none",
     .about = "gets copies of the requests; its answers are thrown away"},
    {"routes.*.mirror.percent", &kind_percent, OF(percent), 1, 100, .normal = "100",
     .about = "how many of the requests are copied"},
    {"routes.*.mirror.max", &kind_number, OF(max), 1, MIRROR_MAX, .normal = "50",
     .about = "copies under way at the same time; more are left out"},
    {"routes.*.mirror.methods", &kind_methods, OF(methods), .shown = "all",
     .about = "methods that are copied"},
    {"routes.*.mirror.to", &kind_path, OF(to), .shown = "the route's",
     .about = "takes the place of path in what the mirror is asked for"},
    {0},
};

static const char *first_of(const struct settings *settings, size_t index)
{
    for (size_t i = 1; rows[i].path != NULL; i++)
        if (settings_is_given(settings, rows[i].path, index))
            return rows[i].path;
    return NULL;
}

static void mirror_check(struct settings *settings, size_t index)
{
    const struct plain_route *route = &settings->config->routes.rows[index];
    const char *first = first_of(settings, index);
    struct text to = route->mirror.to;

    if (first != NULL && route->mirror.service == NULL &&
        !settings_mark(settings, "routes.*.mirror.service", index)->is_wrong)
        settings_complain(settings, first, index, "it needs mirror.service beside it");
    if (to.at != NULL && text_ends(route->path, '/') && !text_ends(to, '/'))
        settings_complain(settings, "routes.*.mirror.to", index,
                          "it must end with / as the path does");
}

static void check(struct settings *settings)
{
    for (size_t i = 0; i < settings->config->routes.count; i++)
        mirror_check(settings, i);
}

const struct section section_routes_mirror = {
    .rows = rows, .items = &section_routes_items, .check = check};
