/* See section_routes_transform_check.h. */
#include "bff/config/section_routes_transform_check.h"

#include <ctype.h>
#include <stdio.h>

#include "bff/http/method.h"
#include "bff/proxy/plain_pattern.h"

#define PATH "routes.*.transform.request.path"
#define METHOD "routes.*.transform.request.method"
#define REQUEST "routes.*.transform.request."
#define RESPONSE "routes.*.transform.response."

/* The path. */

static void template_check(struct settings *settings, size_t index, const char *place,
                           struct text template)
{
    const struct plain_route *route = &settings->config->routes.rows[index];
    struct text missing = plain_pattern_missing(route->path, template);

    if (missing.at != NULL)
        settings_complain(settings, place, index, "path has no capture \":%.*s\"",
                          TEXT_SHOWN(missing));
    if (text_ends(route->path, '/') != text_ends(template, '/') &&
        (strcmp(place, PATH) == 0 || !text_ends(route->path, '/')))
        settings_complain(settings, place, index, "it must end with / if the path does");
}

/* With captures, to is a template, too. section_routes.c checks its end. */
static void target_check(struct settings *settings, size_t index)
{
    const struct plain_route *route = &settings->config->routes.rows[index];
    struct text path = route->transform.path;

    if (path.at != NULL && route->to.at != NULL)
        settings_complain(settings, PATH, index, "to says the same; only one of them may be given");
    if (path.at != NULL)
        template_check(settings, index, PATH, path);
    else if (route->transform.has_captures && route->to.at != NULL)
        template_check(settings, index, "routes.*.to", route->to);
    if (route->transform.has_captures && route->direct.to.at != NULL && text_ends(route->path, '/'))
        settings_complain(settings, "routes.*.path", index,
                          "the path of a redirect cannot have captures and end with /");
}

static void path_check(struct settings *settings, size_t index)
{
    struct plain_route *route = &settings->config->routes.rows[index];
    const char *words;

    if (route->path.at == NULL)
        return;
    words = plain_pattern_words(route->path);
    route->transform.has_captures = plain_pattern_has_captures(route->path);
    if (words != NULL) {
        settings_complain(settings, "routes.*.path", index, "%s", words);
        return;
    }
    target_check(settings, index);
}

/* The method. */

static bool may_change_all(const struct text *methods)
{
    for (; methods->at != NULL; methods++)
        if (!method_may_change(*methods))
            return false;
    return true;
}

static void method_check(struct settings *settings, size_t index)
{
    const struct plain_route *route = &settings->config->routes.rows[index];

    if (route->transform.method.at == NULL)
        return;
    if (route->methods == NULL)
        settings_complain(settings, METHOD, index,
                          "it needs methods beside it: those of clients, such as [POST]");
    else if (method_may_change(route->transform.method) && !may_change_all(route->methods))
        settings_warn(settings, METHOD, index,
                      "browsers send GET again, and in advance, and from other sites: the service "
                      "must not change data for it");
    if (route->cache.is_on)
        settings_complain(settings, METHOD, index, "a route with a cache cannot change the method");
}

/* Names. */

static bool has(const struct plain_fields *fields, struct text name)
{
    for (size_t i = 0; i < fields->count; i++)
        if (text_equal(fields->rows[i].name, name))
            return true;
    return false;
}

/* Reports names of ${renamed} that ${others} change, too. */
static void renamed_check(struct settings *settings, size_t index, const char *path,
                          const struct plain_fields *renamed, const struct plain_fields *others)
{
    for (size_t i = 0; i < renamed->count; i++) {
        const struct plain_field *row = &renamed->rows[i];
        if (has(others, row->name))
            settings_complain(settings, path, index, "\"%.*s\" is set or removed, too",
                              TEXT_SHOWN(row->name));
        else if (has(others, row->value))
            settings_complain(settings, path, index, "\"%.*s\" is set or removed, too",
                              TEXT_SHOWN(row->value));
    }
}

static void fields_check(struct settings *settings, size_t index)
{
    const struct plain_route *route = &settings->config->routes.rows[index];

    renamed_check(settings, index, "routes.*.request_headers.rename",
                  &route->transform.request_names, &route->request);
    renamed_check(settings, index, "routes.*.response_headers.rename",
                  &route->transform.response_names, &route->response);
    if (route->cache.is_on && route->transform.request_names.count > 0)
        settings_complain(settings, "routes.*.request_headers.rename", index,
                          "a route with a cache cannot rename headers of requests, because Vary of "
                          "an answer names them");
}

static bool is_name(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!isalnum((unsigned char)text.at[i]) && text.at[i] != '_')
            return false;
    return text.len > 0;
}

/* Warns of a "{name}" in ${value} that is no capture of the route's path. */
static void captures_check(struct settings *settings, size_t index, struct text value)
{
    const struct plain_route *route = &settings->config->routes.rows[index];
    char template[64];

    while (value.at != NULL && route->path.at != NULL) {
        text_cut(&value, '{');
        struct text rest = value, name = text_cut(&rest, '}');
        if (rest.at == NULL || !is_name(name) || name.len > sizeof(template) - 3)
            continue;
        snprintf(template, sizeof(template), "/:%.*s", TEXT_ARGS(name));
        if (plain_pattern_missing(route->path, text_of(template)).at != NULL)
            settings_warn(settings, REQUEST "query.set", index,
                          "path has no capture \":%.*s\", so the service gets the braces",
                          TEXT_SHOWN(name));
    }
}

static void query_check(struct settings *settings, size_t index)
{
    const struct plain_query *query = &settings->config->routes.rows[index].transform.query;

    renamed_check(settings, index, REQUEST "query.rename", &query->rename, &query->set);
    renamed_check(settings, index, REQUEST "query.rename", &query->rename, &query->remove);
    for (size_t i = 0; i < query->set.count; i++)
        captures_check(settings, index, query->set.rows[i].value);
    for (size_t i = 0; i < query->set.count; i++)
        if (has(&query->remove, query->set.rows[i].name))
            settings_complain(settings, REQUEST "query.remove", index, "\"%.*s\" is set, too",
                              TEXT_SHOWN(query->set.rows[i].name));
}

/* Bodies. */

/* A change that protects somebody must not be avoided by another type of body. */
static void other_check(struct settings *settings, size_t index, const char *path,
                        const struct json_edit_rules *rules, bool protects, enum plain_other *other)
{
    bool is_given = settings_is_given(settings, path, index);

    if (!is_given)
        *other = protects ? PLAIN_OTHER_REFUSE : PLAIN_OTHER_PASS;
    else if (rules == NULL)
        settings_complain(settings, path, index, "it needs body beside it");
}

static void rules_check(struct settings *settings, size_t index, const char *path,
                        const struct json_edit_rules *rules)
{
    const char *words = rules == NULL ? NULL : json_edit_rules_check(rules);

    if (words != NULL && !settings_mark(settings, path, index)->is_wrong)
        settings_complain(settings, path, index, "%s", words);
}

/* Sets or removes a field of requests, unless the operator has said what is done with it. */
static void field_add(struct config *config, struct plain_fields *fields, struct text name,
                      struct text value)
{
    struct plain_field *rows;

    if (plain_route_changes(fields, name))
        return;
    rows = pool_zero(config->pool, (fields->count + 1) * sizeof(*rows));
    if (fields->count > 0)
        memcpy(rows, fields->rows, fields->count * sizeof(*rows));
    rows[fields->count] = (struct plain_field){name, value};
    *fields = (struct plain_fields){rows, fields->count + 1};
}

/* The rules need whole bodies without a coding, so the service is asked for them. A WebSocket would
 * pass by the rules. */
static void answers_prepare(struct settings *settings, size_t index)
{
    struct config *config = settings->config;
    struct plain_route *route = &config->routes.rows[index];

    if (route->transform.response_body == NULL)
        return;
    field_add(config, &route->request, TEXT("accept-encoding"), TEXT("identity"));
    field_add(config, &route->request, TEXT("range"), (struct text){0});
    field_add(config, &route->request, TEXT("if-range"), (struct text){0});
    if (!settings_is_given(settings, "routes.*.upgrade", index))
        route->may_upgrade = false;
}

void section_routes_transform_check(struct settings *settings, size_t index)
{
    struct plain_transform *transform = &settings->config->routes.rows[index].transform;

    path_check(settings, index);
    method_check(settings, index);
    fields_check(settings, index);
    query_check(settings, index);
    other_check(settings, index, REQUEST "on_other", transform->request_body,
                settings_is_given(settings, REQUEST "body.remove", index),
                &transform->request_other);
    other_check(settings, index, RESPONSE "on_other", transform->response_body,
                settings_is_given(settings, RESPONSE "body.allow", index) ||
                    settings_is_given(settings, RESPONSE "body.deny", index),
                &transform->response_other);
    rules_check(settings, index, RESPONSE "body.allow", transform->response_body);
    answers_prepare(settings, index);
}
