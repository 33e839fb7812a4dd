/* See build.h. */
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "bff/compose/build.h"
#include "bff/compose/plan.h"
#include "bff/compose/plan_check.h"

/* Counting. */

size_t build_composite_count(const struct bff_build *build)
{
    size_t count = build->composites.rows == NULL ? 0 : build->composites.count;

    while (count > 0 && build->composites.rows[count - 1] == NULL)
        count--;
    return count;
}

size_t build_service_count(const struct bff_build *build)
{
    const struct bff_services *services = build->services;
    size_t count = services == NULL || services->rows == NULL ? 0 : services->count;

    while (count > 0 && services->rows[count - 1] == NULL)
        count--;
    return count;
}

static bool is_empty_route(const struct bff_route *row)
{
    return row->path == NULL && row->service == NULL && row->to == NULL && row->access == NULL &&
           row->cache_s == 0 && !row->shared_in_mock && row->response_header == NULL;
}

size_t build_route_count(const struct bff_build *build)
{
    const struct bff_routes *routes = build->routes;
    size_t count = routes == NULL || routes->rows == NULL ? 0 : routes->count;

    while (count > 0 && is_empty_route(&routes->rows[count - 1]))
        count--;
    return count;
}

static bool is_empty_limit(const struct bff_rate_limit *row)
{
    return row->name == NULL && row->path == NULL && row->key == NULL && row->window == NULL &&
           row->max == 0;
}

size_t build_rate_limit_count(const struct bff_build *build)
{
    const struct bff_rate_limits *limits = build->rate_limits;
    size_t count = limits == NULL || limits->rows == NULL ? 0 : limits->count;

    while (count > 0 && is_empty_limit(&limits->rows[count - 1]))
        count--;
    return count;
}

/* Checking. */

struct check {
    const struct bff_build *build;
    FILE *errors;
    unsigned count;
};

static void mistake(struct check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void mistake(struct check *check, const char *format, ...)
{
    const char *name = check->build->name;
    va_list args;

    fprintf(check->errors, "build%s%s: ", name == NULL ? "" : " ", name == NULL ? "" : name);
    va_start(args, format);
    vfprintf(check->errors, format, args);
    va_end(args);
    fprintf(check->errors, "\n");
    check->count++;
}

static bool is_name(const char *name) { return plan_is_made_of(text_of(name), PLAN_NAME_BYTES); }

static void check_build(struct check *check)
{
    const struct bff_build *build = check->build;

    if (!is_name(build->name))
        mistake(check, ".name must be letters, digits, '_' or '-'");
    if (build->port > 65535)
        mistake(check, ".port is %u, which is over 65535", build->port);
    if (build->composites.rows != NULL && build->composites.count == 0)
        mistake(check, ".composites has no count: write .composites = BFF_TABLE(composites)");
}

static void check_composites(struct check *check)
{
    for (size_t i = 0; i < build_composite_count(check->build); i++)
        if (check->build->composites.rows[i] == NULL)
            mistake(check, "composite %zu is NULL: remove the row", i + 1);
}

static bool is_named_before(const struct bff_services *services, size_t i)
{
    for (size_t before = 0; before < i; before++)
        if (services->rows[before] != NULL &&
            text_is(text_of(services->rows[before]->name), services->rows[i]->name))
            return true;
    return false;
}

static void check_service(struct check *check, size_t i)
{
    const struct bff_service *service = check->build->services->rows[i];
    struct service_endpoint endpoint = {0};

    if (service == NULL) {
        mistake(check, "service %zu is NULL: remove the row", i + 1);
        return;
    }
    if (!is_name(service->name)) {
        mistake(check, "service %zu: .name must be letters, digits, '_' or '-'", i + 1);
        return;
    }
    if (strcmp(service->name, "redis") == 0 || strcmp(service->name, "cache") == 0)
        mistake(check, "service \"%s\": /health has a check of this name for the server itself",
                service->name);
    if (is_named_before(check->build->services, i))
        mistake(check, "service \"%s\": a service above has the same .name", service->name);
    if (service->endpoint == NULL) {
        mistake(check, "service \"%s\": .endpoint is missing: \"http://127.0.0.1:3000\"",
                service->name);
        return;
    }
    const char *wrong = service_endpoint_read(service->endpoint, &endpoint);
    if (wrong != NULL)
        mistake(check, "service \"%s\": .endpoint is \"%s\": %s", service->name, service->endpoint,
                wrong);
    service_endpoint_free(&endpoint);
}

static void check_routes(struct check *check)
{
    for (size_t i = 0; i < build_route_count(check->build); i++) {
        const struct bff_route *row = &check->build->routes->rows[i];
        if (row->path == NULL)
            mistake(check, "route %zu: .path is missing", i + 1);
        else if (row->service == NULL)
            mistake(check, "route %s: .service is missing", row->path);
        else if (row->cache_s > PLAN_CACHE_S_MAX)
            mistake(check, "route %s: .cache_s is %u, which is over %d", row->path, row->cache_s,
                    PLAN_CACHE_S_MAX);
        else if (row->shared_in_mock && row->cache_s == 0)
            mistake(check, "route %s: .shared_in_mock is of use with .cache_s only", row->path);
        else if (row->response_header != NULL && strstr(row->response_header, ": ") == NULL)
            mistake(check, "route %s: .response_header is \"%s\", which is not \"Name: value\"",
                    row->path, row->response_header);
    }
}

static void check_rate_limits(struct check *check)
{
    for (size_t i = 0; i < build_rate_limit_count(check->build); i++) {
        const struct bff_rate_limit *row = &check->build->rate_limits->rows[i];
        if (row->name == NULL)
            mistake(check, "rate limit %zu: .name is missing", i + 1);
        else if (row->path == NULL)
            mistake(check, "rate limit %s: .path is missing", row->name);
        else if (row->window == NULL)
            mistake(check, "rate limit %s: .window is missing: \"15m\"", row->name);
        else if (row->max == 0)
            mistake(check, "rate limit %s: .max is missing", row->name);
    }
}

unsigned build_check(const struct bff_build *build, FILE *errors)
{
    struct check check = {.build = build, .errors = errors};

    check_build(&check);
    check_composites(&check);
    for (size_t i = 0; i < build_service_count(build); i++)
        check_service(&check, i);
    check_routes(&check);
    check_rate_limits(&check);
    return check.count;
}
