/* routes: the plain routes. Their other settings are in section_routes_*.c. */
#include "bff/compose/build.h"
#include "bff/config/kind.h"
#include "bff/http/own_path.h"

#include "bff/config/section.h"
#include "bff/config/section_routes_cache.h"
#include "bff/config/section_routes_direct.h"
#include "bff/config/section_routes_repeated.h"

#define OF(member) offsetof(struct plain_route, member)
#define ROUTES_MAX 1024
#define CACHE_TIME_MAX (744 * UNITS_HOUR) /* 31 days */

/* Reads off, a duration, or p95. The server measures the time of p95. */
static void hedge_read(struct settings_input *input)
{
    struct plain_route *route = input->member; /* the row's offset is 0 */
    struct settings_input duration = *input;
    uint64_t ms;

    route->hedges_p95 = strcmp(input->text, "p95") == 0;
    route->hedge_ms = 0;
    if (route->hedges_p95 || strcmp(input->text, "off") == 0)
        return;
    if (units_duration(text_of(input->text), &ms) != NULL) {
        settings_refuse_value(input, 0, "expected off, p95, or a duration such as 50ms");
        return;
    }
    duration.member = &route->hedge_ms;
    kind_duration.read(&duration);
    input->is_wrong = duration.is_wrong;
}

static void breaker_read(struct settings_input *input)
{
    bool is_own = strcmp(input->text, "own") == 0;

    if (is_own || strcmp(input->text, "service") == 0)
        *(bool *)input->member = is_own;
    else
        settings_refuse_value(input, 0, "expected service or own");
}

static const struct settings_kind hedge_kind = {.read = hedge_read};
static const struct settings_kind breaker_kind = {.read = breaker_read};

static const struct setting rows[] = {
    {"routes.*.path", &kind_path, OF(path),
     .about = "what a request's path begins with, when it ends with /; else the whole path"},
    {"routes.*.service", &kind_service, OF(service), .about = "who is asked"},
    {"routes.*.to", &kind_path, OF(to), .shown = "the path stays as it is",
     .about = "takes the place of path in what the service is asked for"},
    {"routes.*.access", &kind_access, OF(access), .normal = "signed-in",
     .about = "who may: public, signed-in, role:NAME, scope:NAME or key"},
    {"routes.*.methods", &kind_methods, OF(methods), .shown = "all",
     .about = "methods that are passed on"},
    {"routes.*.host", &kind_host, OF(host), .shown = "any", .about = "only requests for this host"},
    {"routes.*.header.name", &kind_field_name, OF(header.name), .shown = "any",
     .about = "only requests with this header"},
    {"routes.*.header.value", &kind_field_value, OF(header.value), .shown = "any",
     .about = "and exactly this value of it"},
    {"routes.*.body_limit", &kind_size, OF(body_limit), 0, UNITS_GIB, .shown = "limits.body",
     .about = "a request with a longer body is refused"},
    {"routes.*.timeout.first_byte", &kind_duration, OF(first_byte_ms), 1, UNITS_HOUR,
     .shown = "the service's", .about = "from the request sent to the answer's first byte"},
    {"routes.*.timeout.idle", &kind_duration, OF(idle_ms), 1, 24 * UNITS_HOUR, .normal = "60s",
     .about = "the longest silence within an answer, or in a tunnel"},
    {"routes.*.hedge", &hedge_kind, 0, 1, UNITS_HOUR, .shown = "off",
     .about = "after so long without an answer a second endpoint is asked: p95 or a duration"},
    {"routes.*.breaker", &breaker_kind, OF(has_breaker), .normal = "service",
     .about = "own: the route has a circuit breaker of its own"},
    {"routes.*.cache", &kind_only_off, OF(cache), .shown = "off",
     .about = "which answers are stored, and for how long; or off"},
    {"routes.*.cache.ttl", &kind_duration, OF(cache.ttl_ms), 1, CACHE_TIME_MAX,
     .about = "how long an answer is used again that does not say it itself"},
    {"routes.*.cache.from", &section_routes_cache_from, OF(cache),
     .about = "response, in place of ttl: only answers that say it themselves are stored"},
    {"routes.*.cache.stale_while_revalidate", &kind_duration, OF(cache.stale_while_revalidate_ms),
     0, CACHE_TIME_MAX, .normal = "0s",
     .about = "so long after that it is used while a new one is fetched in the background"},
    {"routes.*.cache.stale_if_error", &kind_duration, OF(cache.stale_if_error_ms), 0,
     CACHE_TIME_MAX, .normal = "0s", .about = "and so long it is used when the service fails"},
    {"routes.*.cache.vary", &section_routes_cache_vary, OF(cache.vary),
     .shown = "Vary of the answer",
     .about = "headers of a request on which its answer depends, beside Vary of the answer"},
    {"routes.*.cache.shared", &kind_bool, OF(cache.is_shared), .normal = "false",
     .about = "true: all users who may ask get the same answer"},
    {"routes.*.cache.max_body", &kind_size, OF(cache.max_body), 1, UNITS_GIB, .normal = "1MiB",
     .about = "a longer answer is not stored"},
    {"routes.*.preserve_host", &kind_bool, OF(keeps_host), .normal = "false",
     .about = "Host is the client's, not the endpoint's"},
    {"routes.*.upgrade", &kind_bool, OF(may_upgrade), .normal = "true",
     .about = "WebSocket is passed on"},
    {"routes.*.compress", &kind_bool, OF(may_compress), .normal = "true",
     .about = "its answers are compressed, when compression is on"},
    {"routes.*.request_headers.set", &kind_request_set, OF(request),
     .about = "headers set on the way to the service: a mapping of names and values"},
    {"routes.*.request_headers.remove", &kind_request_remove, OF(request),
     .about = "headers removed on the way to the service"},
    {"routes.*.response_headers.set", &kind_response_set, OF(response),
     .about = "headers set on the way back: a mapping of names and values"},
    {"routes.*.response_headers.remove", &kind_response_remove, OF(response),
     .about = "headers removed on the way back"},
    {0},
};

static size_t count(const struct config *config) { return config->routes.count; }

static void *at(struct config *config, size_t index) { return &config->routes.rows[index]; }

/* Room for the build's own routes. */
static size_t spare(const struct config *config) { return build_route_count(config->build); }

static void make(struct config *config, size_t count)
{
    size_t all = count + spare(config);

    config->routes.rows = pool_zero(config->pool, (all + 1) * sizeof(*config->routes.rows));
    config->routes.count = count;
}

const struct settings_items section_routes_items = {.path = "routes",
                                                    .noun = "route",
                                                    .count = count,
                                                    .at = at,
                                                    .make = make,
                                                    .spare = spare,
                                                    .most = ROUTES_MAX};

static bool has_service(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->service_count; i++)
        if (strcmp(config->services[i].service->name, name) == 0)
            return true;
    return false;
}

static void default_set(struct settings *settings, const char *path, size_t index, const char *text)
{
    if (text != NULL)
        settings_set_one(settings, path, index, text, (struct place){0});
}

/* A route of the file gets all requests of the same path, so the default one would get none. */
static bool is_replaced(const struct config *config, size_t own, const char *path)
{
    for (size_t i = 0; i < own; i++) {
        const struct plain_route *route = &config->routes.rows[i];
        if (text_is(route->path, path) && route->methods == NULL && plain_route_is_for_all(route))
            return true;
    }
    return false;
}

static bool keeps_defaults(const struct settings *settings, const struct settings_group *group)
{
    bool is_said = settings_is_given(settings, "default_routes", 0);

    return is_said ? settings->config->keeps_default_routes : !group->is_given;
}

/* Mock services send everybody the same answers. */
static void cache_set(struct cache_rule *cache, const struct bff_route *route, bool is_mock)
{
    if (route->cache_s == 0)
        return;
    cache->is_on = true;
    cache->ttl_ms = route->cache_s * 1000;
    cache->is_shared = route->shared_in_mock && is_mock;
}

/* Adds the build's routes to services that it has. */
static void defaults_add(struct settings *settings, struct settings_group *group)
{
    struct config *config = settings->config;
    size_t own = config->routes.count;

    if (!group->is_given)
        settings_make(settings, group->section->items, 0, false);
    for (size_t i = 0; i < build_route_count(config->build); i++) {
        const struct bff_route *route = &config->build->routes->rows[i];
        size_t index = config->routes.count;
        if (!has_service(config, route->service) || is_replaced(config, own, route->path))
            continue;
        default_set(settings, "routes.*.path", index, route->path);
        default_set(settings, "routes.*.service", index, route->service);
        default_set(settings, "routes.*.to", index, route->to);
        default_set(settings, "routes.*.access", index, route->access);
        default_set(settings, "routes.*.response_headers.set", index, route->response_header);
        cache_set(&config->routes.rows[index].cache, route, config->mock_dir != NULL);
        config->routes.count++;
    }
}

/* Reports the setting ${path} if it is missing. A wrong value has been reported already and is not
 * missing. */
static void missing_check(struct settings *settings, const struct settings_group *group,
                          size_t index, const char *path)
{
    const struct settings_mark *mark = settings_mark(settings, path, index);

    if (group->begins[index].source != NULL && mark->place.source == NULL && !mark->is_wrong)
        mistakes_add(&settings->config->mistakes, &group->begins[index],
                     "routes[%zu]: its %s is missing", index, path + sizeof("routes.*.") - 1);
}

static void service_missing(struct settings *settings, const struct settings_group *group,
                            size_t index)
{
    const struct settings_mark *mark = settings_mark(settings, "routes.*.service", index);

    if (group->begins[index].source != NULL && mark->place.source == NULL && !mark->is_wrong)
        mistakes_add(&settings->config->mistakes, &group->begins[index],
                     "routes[%zu]: it has none of service, split, redirect and answer", index);
}

static void header_check(struct settings *settings, size_t index)
{
    const struct plain_route *route = &settings->config->routes.rows[index];

    if (route->header.value.at != NULL && route->header.name.at == NULL &&
        !settings_mark(settings, "routes.*.header.name", index)->is_wrong)
        settings_complain(settings, "routes.*.header.value", index,
                          "it needs header.name beside it");
}

/* Checks that the target ends with '/' if the path does. Otherwise the text after the path in a
 * request would be appended to the last segment of the target. */
static void target_check(struct settings *settings, size_t index)
{
    const struct plain_route *route = &settings->config->routes.rows[index];

    if (route->path.at == NULL || route->to.at == NULL)
        return;
    if (text_ends(route->path, '/') && !text_ends(route->to, '/'))
        settings_complain(settings, "routes.*.to", index, "it must end with / as the path does");
}

static void fields_check(struct settings *settings, size_t index, const char *path,
                         const struct plain_fields *fields)
{
    for (size_t i = 0; i < fields->count; i++)
        for (size_t j = 0; j < i; j++) {
            struct text name = fields->rows[i].name;
            if (!text_equal(name, fields->rows[j].name))
                continue;
            settings_complain(settings, path, index, "\"%.*s\" is listed twice",
                              name.len > 64 ? 64 : (int)name.len, name.at);
        }
}

static bool is_listed(const struct text *list, struct text method)
{
    for (; list->at != NULL; list++)
        if (text_equal(*list, method))
            return true;
    return false;
}

static void own_path_check(struct settings *settings, size_t index)
{
    struct text path = settings->config->routes.rows[index].path;

    if (path.at != NULL && own_path_is(path))
        settings_complain(settings, "routes.*.path", index, "\"%.*s\": " OWN_PATH_WORDS,
                          TEXT_SHOWN(path));
}

static const struct service_settings *settings_of(const struct config *config,
                                                  const struct bff_service *service)
{
    for (size_t i = 0; i < config->service_count; i++)
        if (config->services[i].service == service)
            return &config->services[i];
    return NULL;
}

static bool has_hedge(const struct plain_route *route)
{
    return route->hedges_p95 || route->hedge_ms > 0;
}

static void hedge_check(struct settings *settings, size_t index,
                        const struct service_settings *service)
{
    const struct plain_route *route = &settings->config->routes.rows[index];
    const struct text *methods = route->methods;
    uint32_t limit_ms = route->first_byte_ms > 0 ? route->first_byte_ms : service->first_byte_ms;
    char limit[UNITS_SIZE];

    if (!has_hedge(route))
        return;
    units_print_duration(limit_ms, limit);
    if (methods != NULL && !is_listed(methods, TEXT("GET")) && !is_listed(methods, TEXT("HEAD")))
        settings_complain(settings, "routes.*.hedge", index,
                          "only GET and HEAD are asked twice, and methods has neither");
    if (route->hedge_ms >= limit_ms)
        settings_complain(settings, "routes.*.hedge", index,
                          "it must be shorter than timeout.first_byte, which is %s", limit);
    if (service->hedge_percent == 0)
        settings_warn(settings, "routes.*.hedge", index,
                      "it has no effect: hedge_budget of services.%s is 0", service->service->name);
}

/* Checks the settings that depend on settings of a service of the route. */
static void one_service_check(struct settings *settings, size_t index, const struct bff_service *of)
{
    const struct plain_route *route = &settings->config->routes.rows[index];
    const struct service_settings *service = settings_of(settings->config, of);

    if (service == NULL)
        return;
    hedge_check(settings, index, service);
    if (route->has_breaker && service->breaker.volume == 0)
        settings_complain(settings, "routes.*.breaker", index,
                          "services.%s has breaker: off; a breaker of the route needs its numbers",
                          service->service->name);
}

static void service_check(struct settings *settings, size_t index)
{
    const struct plain_route *route = &settings->config->routes.rows[index];

    one_service_check(settings, index, route->service);
    for (size_t i = 0; i < route->split.count; i++)
        one_service_check(settings, index, route->split.rows[i].service);
}

static void route_check(struct settings *settings, const struct settings_group *group, size_t index)
{
    struct plain_route *route = &settings->config->routes.rows[index];

    missing_check(settings, group, index, "routes.*.path");
    if (route->split.count == 0 && !settings_mark(settings, "routes.*.split", index)->is_wrong &&
        !section_routes_direct_is_meant(settings, index))
        service_missing(settings, group, index);
    own_path_check(settings, index);
    header_check(settings, index);
    target_check(settings, index);
    fields_check(settings, index, "routes.*.request_headers.set", &route->request);
    fields_check(settings, index, "routes.*.response_headers.set", &route->response);
    section_routes_repeated_check(settings, index);
    service_check(settings, index);
    section_routes_cache_check(settings, index);
    if (!settings_is_given(settings, "routes.*.body_limit", index))
        route->body_limit = settings->config->request_limit;
}

static void check(struct settings *settings)
{
    struct settings_group *group = settings_group_of(settings, &section_routes);

    if (keeps_defaults(settings, group))
        defaults_add(settings, group);
    for (size_t i = 0; i < settings->config->routes.count; i++)
        route_check(settings, group, i);
}

const struct section section_routes = {
    .rows = rows, .items = &section_routes_items, .check = check};
