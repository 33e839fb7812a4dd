/* See settings.h. */
#include <stdio.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/text.h"

#include "bff/config/setting_value.h"
#include "bff/config/settings.h"

static const char services[] = "services.*", routes[] = "routes.*";

static bool is_of_service(const struct setting *row)
{
    return text_starts(text_of(row->path), text_of(services));
}

static bool is_of_route(const struct setting *row)
{
    return text_starts(text_of(row->path), text_of(routes));
}

static size_t row_count(void)
{
    size_t count = 0;

    while (settings_table[count].path != NULL)
        count++;
    return count;
}

const struct setting *settings_row(const char *path)
{
    const struct setting *row = settings_table;

    while (row->path != NULL && !text_is(text_of(path), row->path))
        row++;
    must(row->path != NULL);
    return row;
}

struct setting_mark *settings_mark(struct settings *settings, const struct setting *row,
                                   size_t index)
{
    const struct config *config = settings->config;
    size_t at = (size_t)(row - settings_table);

    if (is_of_route(row))
        return &settings->route_marks[at * config->routes.count + index];
    return &settings->marks[at * (config->service_count + 1) + index];
}

void settings_path(const struct settings *settings, const struct setting *row, size_t index,
                   char out[SETTINGS_PATH_SIZE])
{
    const struct config *config = settings->config;

    if (is_of_service(row))
        snprintf(out, SETTINGS_PATH_SIZE, "services.%s%s", config->services[index].service->name,
                 row->path + sizeof(services) - 1);
    else if (is_of_route(row))
        snprintf(out, SETTINGS_PATH_SIZE, "routes[%zu]%s", index, row->path + sizeof(routes) - 1);
    else
        snprintf(out, SETTINGS_PATH_SIZE, "%s", row->path);
}

/* Environment and command line are named by the place; a line of a file needs the path. */
static void complain(struct settings *settings, const struct setting *row, size_t index,
                     const struct place *place, const char *words)
{
    char path[SETTINGS_PATH_SIZE];
    bool is_named = place->source != NULL && place->line == 0;

    settings_path(settings, row, index, path);
    mistakes_add(&settings->config->mistakes, place, "%s%s%s", is_named ? "" : path,
                 is_named ? "" : ": ", words);
}

void settings_complain(struct settings *settings, const struct setting *row, size_t index,
                       const char *words)
{
    complain(settings, row, index, &settings_mark(settings, row, index)->place, words);
}

static void *owner_of(struct settings *settings, const struct setting *row, size_t index)
{
    struct config *config = settings->config;

    if (is_of_service(row))
        return &config->services[index];
    return is_of_route(row) ? (void *)&config->routes.rows[index] : config;
}

void settings_set(struct settings *settings, const struct setting *row, size_t index,
                  const struct settings_values *values)
{
    struct setting_wrong wrong = {.config = settings->config};
    int status = 0;

    must(values->count > 0 && (values->count == 1 || setting_value_is_many(row)));
    /* Of a list, every value that is wrong is told. */
    for (size_t i = 0; i < values->count; i++) {
        wrong.place = &values->places[i];
        if (setting_value_check(row, values->texts[i], &wrong) == 0)
            continue;
        complain(settings, row, index, wrong.place, wrong.words);
        status = -1;
    }
    if (status != 0) {
        settings_mark(settings, row, index)->is_wrong = true;
        return;
    }
    setting_value_set(row, settings->config, owner_of(settings, row, index), values);
    settings_mark(settings, row, index)->place = values->places[0];
    if (row->type == SETTING_LISTENS)
        memcpy(settings->listen_places, values->places, sizeof(settings->listen_places));
}

void settings_set_one(struct settings *settings, const struct setting *row, size_t index,
                      const char *text, struct place place)
{
    settings_set(settings, row, index,
                 &(struct settings_values){.texts = {text}, .places = {place}, .count = 1});
}

static void default_set(struct settings *settings, const struct setting *row, size_t index,
                        const char *text)
{
    size_t mistakes = settings->config->mistakes.count;

    if (text != NULL)
        settings_set_one(settings, row, index, text, (struct place){0});
    must(settings->config->mistakes.count == mistakes);
}

void settings_begin(struct settings *settings, struct config *config, const struct bff_build *build)
{
    char listen[sizeof("http://0.0.0.0:4294967295")];

    snprintf(listen, sizeof(listen), "http://0.0.0.0:%u", build->port);
    *settings = (struct settings){.config = config};
    settings->marks =
        memory_new(row_count() * (config->service_count + 1) * sizeof(*settings->marks));
    for (const struct setting *row = settings_table; row->path != NULL; row++) {
        if (row->type == SETTING_LISTENS)
            default_set(settings, row, 0, listen);
        else if (!is_of_service(row) && !is_of_route(row))
            default_set(settings, row, 0, row->normal);
        for (size_t i = 0; i < config->service_count && is_of_service(row); i++)
            default_set(settings, row, i,
                        row->type == SETTING_ENDPOINTS ? config->services[i].service->endpoint
                                                       : row->normal);
    }
}

void settings_routes(struct settings *settings, size_t count)
{
    struct config *config = settings->config;

    must(settings->route_marks == NULL && count <= SETTINGS_ROUTES_MAX);
    config->routes.rows = pool_zero(config->pool, (count + 1) * sizeof(*config->routes.rows));
    config->routes.count = count;
    settings->route_marks = memory_new((row_count() * count + 1) * sizeof(*settings->route_marks));
    settings->route_begins = memory_new((count + 1) * sizeof(*settings->route_begins));
    for (const struct setting *row = settings_table; row->path != NULL; row++)
        for (size_t i = 0; i < count && is_of_route(row); i++)
            default_set(settings, row, i, row->normal);
}

void settings_end(struct settings *settings)
{
    memory_free(settings->marks);
    memory_free(settings->route_marks);
    memory_free(settings->route_begins);
    *settings = (struct settings){0};
}

void settings_print(FILE *file)
{
    for (const struct setting *row = settings_table; row->path != NULL; row++) {
        const char *normal = row->shown != NULL ? row->shown : row->normal;
        fprintf(file, "  %-34s %s\n", row->path, row->about);
        if (normal != NULL)
            fprintf(file, "  %-34s default: %s\n", "", normal);
    }
}
