/* See route_list.h. */
#include "bff/app/route_list.h"
#include "bff/app/composite_list.h"
#include "bff/base/check.h"
#include "bff/compose/build.h"
#include "bff/compose/plan_make.h"
#include "bff/compose/plan_shapes.h"
#include "bff/config/units.h"

#define ERROR_SIZE ((size_t)8 * 1024) /* of all mistakes of a composite */

static unsigned check_collisions(const struct pages *made, size_t upto, FILE *errors)
{
    const struct plan *last = made->plans[upto];

    for (size_t i = 0; i < upto; i++) {
        if (!plan_collides(made->plans[i], last))
            continue;
        fprintf(errors, "%s: the same requests as %s\n", last->composite->route,
                made->plans[i]->composite->route);
        return 1;
    }
    return 0;
}

static void add(struct pages *made, const struct plan *plan, const struct plan_shapes *shapes)
{
    made->plans[made->count] = plan;
    made->shapes[made->count] = shapes;
    made->routes[made->count++] = (struct route){
        .method = plan->method,
        .segments = plan->segments,
        .segment_count = plan->segment_count,
        .target = plan,
    };
}

/* Adds a composite and returns the number of its mistakes. */
static unsigned add_composite(struct pool *pool, const struct bff_composite *composite,
                              const struct shape_files *files, struct pages *made, FILE *errors)
{
    char error[ERROR_SIZE];
    const struct plan *plan = plan_make(pool, composite, error, sizeof(error));
    const struct plan_shapes *shapes =
        plan == NULL ? NULL : plan_shapes_make(pool, plan, files, error, sizeof(error));

    if (shapes == NULL) {
        fprintf(errors, "%s\n", error);
        return 1;
    }
    add(made, plan, shapes);
    return check_collisions(made, made->count - 1, errors);
}

unsigned route_list_make(struct pool *pool, const struct bff_build *build, struct pages *out,
                         FILE *errors)
{
    size_t count = build_composite_count(build);
    unsigned wrong = 0;
    const struct shape_files *files = shape_files_read(pool, build, errors, &wrong);

    out->server = pool_print(pool, "bff-%s", build->name);
    out->admin_role = text_of(build->admin_role);
    out->plans = pool_zero(pool, (count + 1) * sizeof(*out->plans));
    out->shapes = pool_zero(pool, (count + 1) * sizeof(*out->shapes));
    out->routes = pool_zero(pool, (count + 1) * sizeof(*out->routes));
    out->count = 0;
    for (size_t i = 0; i < count; i++)
        wrong += add_composite(pool, build->composites.rows[i], files, out, errors);
    return wrong;
}

static void warn_of(const struct plan *plan, const struct plan_part *part, FILE *out)
{
    const char *what = part->row->many > 0 ? "each item" : "the value";

    if (part->kind == BFF_KIND_MISSING)
        fprintf(out,
                "warning: %s: part \"%s\": neither .kind nor .pick says what %s is, so null and "
                "{\"error\":\"...\"} would pass: write .kind = BFF_OBJECT%s, or BFF_ANY if "
                "they may\n",
                plan->composite->route, part->row->name, what,
                part->row->many > 0 ? "" : ", BFF_LIST");
}

/* They are made from the build, so a limit of the configuration is no mistake in them. */
static void warn_of_body(const struct plan *plan, size_t body_limit, FILE *out)
{
    if (plan->composite->body_bytes > body_limit)
        fprintf(out, "warning: %s: .body_bytes is %u, but limits.body is %zu, which counts\n",
                plan->composite->route, plan->composite->body_bytes, body_limit);
}

void route_list_warn(const struct pages *pages, size_t body_limit, FILE *out)
{
    for (size_t i = 0; i < pages->count; i++) {
        warn_of_body(pages->plans[i], body_limit, out);
        for (size_t part = 0; part < pages->plans[i]->part_count; part++)
            warn_of(pages->plans[i], &pages->plans[i]->parts[part], out);
    }
}

static void print_methods(const struct plain_route *route, FILE *out)
{
    if (route->methods == NULL)
        fprintf(out, "*");
    for (const struct text *one = route->methods; one != NULL && one->at != NULL; one++)
        fprintf(out, "%s%.*s", one == route->methods ? "" : ",", TEXT_ARGS(*one));
}

static void print_scopes(struct access_rule rule, FILE *out)
{
    struct text rest = rule.whom;

    fprintf(out, "scope ");
    while (rest.len > 0) {
        struct text one = text_cut(&rest, ' ');
        fprintf(out, "%.*s%s", TEXT_ARGS(one), rest.at == NULL ? "" : rule.needs_all ? "+" : "|");
    }
}

static void print_rule(struct access_rule rule, FILE *out)
{
    switch (rule.kind) {
    case ACCESS_PUBLIC:
        fprintf(out, "public");
        break;
    case ACCESS_SIGNED_IN:
        fprintf(out, "signed-in");
        break;
    case ACCESS_ROLE:
        fprintf(out, "role %.*s", TEXT_ARGS(rule.whom));
        break;
    case ACCESS_SCOPE:
        print_scopes(rule, out);
        break;
    case ACCESS_KEY:
        fprintf(out, "key");
        break;
    case ACCESS_OWNER:
    case ACCESS_NOBODY:
        fprintf(out, "nobody");
        break;
    }
}

static void print_hedge(const struct plain_route *route, FILE *out)
{
    char time[UNITS_SIZE];

    units_print_duration(route->hedge_ms, time);
    if (route->hedges_p95 || route->hedge_ms > 0)
        fprintf(out, ", hedge %s", route->hedges_p95 ? "p95" : time);
}

static void print_cache(const struct cache_rule *cache, FILE *out)
{
    char ttl[UNITS_SIZE], while_revalidate[UNITS_SIZE], if_error[UNITS_SIZE], max_body[UNITS_SIZE];

    if (!cache->is_on)
        return;
    units_print_duration(cache->ttl_ms, ttl);
    units_print_duration(cache->stale_while_revalidate_ms, while_revalidate);
    units_print_duration(cache->stale_if_error_ms, if_error);
    units_print_size(cache->max_body, max_body);
    fprintf(out, ", cache %s%s", cache->ttl_ms == 0 ? "as the response says" : ttl,
            cache->is_shared ? " shared" : "");
    if (cache->stale_while_revalidate_ms > 0)
        fprintf(out, " stale_while_revalidate %s", while_revalidate);
    if (cache->stale_if_error_ms > 0)
        fprintf(out, " stale_if_error %s", if_error);
    for (const struct text *one = cache->vary; one != NULL && one->at != NULL; one++)
        fprintf(out, "%s%.*s", one == cache->vary ? " vary " : ",", TEXT_ARGS(*one));
    if (cache->max_body != CACHE_BODY_MAX)
        fprintf(out, " max_body %s", max_body);
}

static void print_service(const struct plain_route *route, const struct bff_service *service,
                          struct text to, FILE *out)
{
    if (to.at == NULL)
        to = route->to.at == NULL ? route->path : route->to;
    fprintf(out, "%s %.*s", service->name, TEXT_ARGS(to));
}

static void print_split(const struct plain_route *route, FILE *out)
{
    static const char *const words[] = {[PLAIN_SPLIT_OFF] = "off",
                                        [PLAIN_SPLIT_USER] = "user",
                                        [PLAIN_SPLIT_IP] = "ip",
                                        [PLAIN_SPLIT_COOKIE] = "cookie:"};
    const struct plain_split *split = &route->split;

    for (size_t i = 0; i < split->count; i++) {
        fprintf(out, "%s%u to ", i == 0 ? ", split " : " and ", split->rows[i].weight);
        print_service(route, split->rows[i].service, split->rows[i].to, out);
    }
    if (split->sticky != PLAIN_SPLIT_OFF)
        fprintf(out, ", sticky %s%.*s", words[split->sticky], TEXT_ARGS(split->cookie));
}

/* What the route does with a request. */
static void print_doing(const struct plain_route *route, FILE *out)
{
    const struct plain_direct *direct = &route->direct;

    switch (direct->kind) {
    case PLAIN_DIRECT_NONE:
        break;
    case PLAIN_DIRECT_REDIRECT:
        fprintf(out, ", redirect %u to %.*s", direct->status, TEXT_ARGS(direct->to));
        return;
    case PLAIN_DIRECT_ANSWER:
        fprintf(out, ", answer %u, %zu bytes", direct->status, direct->body.len);
        return;
    }
    if (route->service != NULL) {
        fprintf(out, ", to ");
        print_service(route, route->service, (struct text){0}, out);
    }
    print_split(route, out);
}

static void print_mirror(const struct plain_route *route, FILE *out)
{
    const struct plain_mirror *mirror = &route->mirror;

    if (mirror->service == NULL)
        return;
    fprintf(out, ", mirror %u%% to ", mirror->percent);
    print_service(route, mirror->service, mirror->to, out);
}

static void print_condition(const char *kind, const struct plain_field *field, FILE *out)
{
    bool has_value = field->value.at != NULL;

    fprintf(out, ", with %s%.*s%s%.*s", kind, TEXT_ARGS(field->name), has_value ? ": " : "",
            (int)field->value.len, has_value ? field->value.at : "");
}

static void print_conditions(const struct plain_route *route, FILE *out)
{
    if (route->host.at != NULL)
        fprintf(out, ", host %.*s", TEXT_ARGS(route->host));
    if (route->header.name.at != NULL)
        print_condition("", &route->header, out);
    for (size_t i = 0; i < route->match.query.count; i++)
        print_condition("parameter ", &route->match.query.rows[i], out);
    for (size_t i = 0; i < route->match.cookie.count; i++)
        print_condition("cookie ", &route->match.cookie.rows[i], out);
}

static void print_route(const struct plain_route *route, FILE *out)
{
    print_methods(route, out);
    fprintf(out, " %.*s  ", TEXT_ARGS(route->path));
    print_rule(route->access, out);
    print_doing(route, out);
    print_conditions(route, out);
    print_mirror(route, out);
    print_hedge(route, out);
    print_cache(&route->cache, out);
    fprintf(out, "%s, body at most %zu bytes\n", route->has_breaker ? ", breaker own" : "",
            route->body_limit);
}

void route_list_print(const struct pages *pages, const struct plain_routes *routes, FILE *out)
{
    for (size_t i = 0; i < pages->count; i++)
        composite_list_print(pages->plans[i], out);
    for (size_t i = 0; i < routes->count; i++)
        print_route(&routes->rows[i], out);
}
