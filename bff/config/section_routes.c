/* See config_routes.h. */
#include <stdio.h>

#include "bff/base/text.h"

#include "bff/config/config_routes.h"

#define SENTENCE_SIZE 256

/* Those that a file without routes has. access: NULL: the row's default */
static const struct {
    const char *path, *service, *to, *access;
} defaults[] = {
    {"/api/users/", "users", "/users/", NULL},
    {"/api/products", "products", "/products", NULL},
    {"/api/products/", "products", "/products/", NULL},
    {"/api/orders", "orders", "/orders", NULL},
    {"/api/orders/", "orders", "/orders/", NULL},
    {"/api/auth/", "users", "/auth/", "public"},
};

#define DEFAULTS (sizeof(defaults) / sizeof(defaults[0]))

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
        settings_set_one(settings, settings_row(path), index, text, (struct place){0});
}

void config_routes_default(struct settings *settings)
{
    size_t count = 0, index = 0;

    for (size_t i = 0; i < DEFAULTS; i++)
        count += has_service(settings->config, defaults[i].service);
    settings_routes(settings, count);
    for (size_t i = 0; i < DEFAULTS; i++) {
        if (!has_service(settings->config, defaults[i].service))
            continue;
        default_set(settings, "routes.*.path", index, defaults[i].path);
        default_set(settings, "routes.*.service", index, defaults[i].service);
        default_set(settings, "routes.*.to", index, defaults[i].to);
        default_set(settings, "routes.*.access", index, defaults[i].access);
        index++;
    }
}

/* Checks. */

static void complain(struct settings *settings, size_t index, const char *path, const char *words)
{
    settings_complain(settings, settings_row(path), index, words);
}

/* A value that is wrong has been told, and is not missing. */
static void missing_check(struct settings *settings, size_t index, const char *path)
{
    const struct setting *row = settings_row(path);
    const struct setting_mark *mark = settings_mark(settings, row, index);

    if (settings->has_routes && mark->place.source == NULL && !mark->is_wrong)
        mistakes_add(&settings->config->mistakes, &settings->route_begins[index],
                     "routes[%zu]: its %s is missing", index, path + sizeof("routes.*.") - 1);
}

static void header_check(struct settings *settings, size_t index)
{
    const struct plain_route *route = &settings->config->routes.rows[index];

    if (route->header.value.at != NULL && route->header.name.at == NULL &&
        !settings_mark(settings, settings_row("routes.*.header.name"), index)->is_wrong)
        complain(settings, index, "routes.*.header.value", "it needs header.name beside it");
}

static bool ends_open(struct text path) { return path.len > 0 && path.at[path.len - 1] == '/'; }

/* What follows the path in a request would be glued to the last word of the target. */
static void target_check(struct settings *settings, size_t index)
{
    const struct plain_route *route = &settings->config->routes.rows[index];

    if (route->path.at == NULL || route->to.at == NULL)
        return;
    if (ends_open(route->path) && !ends_open(route->to))
        complain(settings, index, "routes.*.to", "it must end with / as the path does");
}

static void fields_check(struct settings *settings, size_t index, const char *path)
{
    const struct setting *row = settings_row(path);
    const struct plain_fields *fields =
        (const void *)((const char *)&settings->config->routes.rows[index] + row->offset);
    char sentence[SENTENCE_SIZE];

    for (size_t i = 0; i < fields->count; i++)
        for (size_t j = 0; j < i; j++) {
            struct text name = fields->rows[i].name;
            if (!text_equal(name, fields->rows[j].name))
                continue;
            snprintf(sentence, sizeof(sentence), "\"%.*s\" stands there twice",
                     name.len > 64 ? 64 : (int)name.len, name.at);
            settings_complain(settings, row, index, sentence);
        }
}

static bool is_listed(const struct text *list, struct text method)
{
    for (; list->at != NULL; list++)
        if (text_equal(*list, method))
            return true;
    return false;
}

/* NULL is all of them, and that is no set that a list could have. */
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

static bool is_same(const struct plain_route *a, const struct plain_route *b)
{
    return a->path.at != NULL && text_equal(a->path, b->path) && text_equal(a->host, b->host) &&
           text_equal(a->header.name, b->header.name) &&
           (a->header.value.at == NULL) == (b->header.value.at == NULL) &&
           text_equal(a->header.value, b->header.value) && methods_equal(a->methods, b->methods);
}

/* A condition that is wrong may make two routes the same that were not meant to be. */
static bool is_wrong(struct settings *settings, size_t index)
{
    static const char *const paths[] = {"routes.*.path", "routes.*.methods", "routes.*.host",
                                        "routes.*.header.name", "routes.*.header.value"};

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        if (settings_mark(settings, settings_row(paths[i]), index)->is_wrong)
            return true;
    return false;
}

static void repeated_check(struct settings *settings, size_t index)
{
    const struct plain_route *rows = settings->config->routes.rows;
    char sentence[SENTENCE_SIZE];

    for (size_t i = 0; i < index; i++) {
        if (!is_same(&rows[i], &rows[index]) || is_wrong(settings, i) || is_wrong(settings, index))
            continue;
        snprintf(sentence, sizeof(sentence),
                 "routes[%zu] has the same path, methods, host and header; this one is never found",
                 i);
        complain(settings, index, "routes.*.path", sentence);
        return;
    }
}

void config_routes_check(struct settings *settings)
{
    const struct setting *body_limit = settings_row("routes.*.body_limit");
    struct config *config = settings->config;

    for (size_t i = 0; i < config->routes.count; i++) {
        missing_check(settings, i, "routes.*.path");
        missing_check(settings, i, "routes.*.service");
        header_check(settings, i);
        target_check(settings, i);
        fields_check(settings, i, "routes.*.request_headers.set");
        fields_check(settings, i, "routes.*.response_headers.set");
        repeated_check(settings, i);
        if (settings_mark(settings, body_limit, i)->place.source == NULL)
            config->routes.rows[i].body_limit = config->request_limit;
    }
}
