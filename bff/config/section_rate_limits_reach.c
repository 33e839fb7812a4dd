/* See section_rate_limits_reach.h. */
#include "bff/compose/build.h"

#include "bff/config/section_rate_limits_reach.h"

/* Cuts the first segment off ${rest}, which is "" or begins with '/'. */
static struct text segment_cut(struct text *rest)
{
    size_t len = 1;

    while (len < rest->len && rest->at[len] != '/')
        len++;
    struct text segment = {rest->at + 1, len - 1};
    *rest = (struct text){rest->at + len, rest->len - len};
    return segment;
}

/* Cuts the '/' off the end of a prefix. */
static bool prefix_cut(struct text *path)
{
    bool is_prefix = path->len > 0 && path->at[path->len - 1] == '/';

    path->len -= is_prefix;
    return is_prefix;
}

/* True when some path belongs to both. Each of them is a prefix or a whole path. ${other} may have
 * parameters (":id"). */
static bool meets(struct text rule, struct text other)
{
    bool rule_is_prefix = prefix_cut(&rule), other_is_prefix = prefix_cut(&other);

    while (rule.len > 0 && other.len > 0) {
        struct text mine = segment_cut(&rule), its = segment_cut(&other);
        if (!text_equal_nocase(mine, its) && !text_starts(its, TEXT(":")))
            return false;
    }
    return (rule.len == 0 && other.len == 0) || (rule.len == 0 && rule_is_prefix) ||
           (other.len == 0 && other_is_prefix);
}

static bool meets_page(const struct bff_build *build, struct text rule)
{
    for (size_t i = 0; i < build_composite_count(build); i++) {
        const char *route = build->composites.rows[i]->route;
        const char *path = route == NULL ? NULL : strchr(route, '/');
        if (path != NULL && meets(rule, text_of(path)))
            return true;
    }
    return false;
}

static bool meets_route(const struct plain_routes *routes, struct text rule)
{
    for (size_t i = 0; i < routes->count; i++)
        if (routes->rows[i].path.at != NULL && meets(rule, routes->rows[i].path))
            return true;
    return false;
}

void section_rate_limits_reach_check(struct settings *settings, size_t index)
{
    const struct config *config = settings->config;
    struct text path = config->rate_limits.rows[index].path;

    if (path.at != NULL && !meets_page(config->build, path) && !meets_route(&config->routes, path))
        settings_warn(settings, "rate_limits.*.path", index,
                      "no page and no route has such a path; a path is a prefix only if it ends "
                      "with /");
}
