/* See settings.h. */
#include <stdio.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/text.h"

#include "bff/app/setting_value.h"
#include "bff/app/settings.h"

#define SECOND UINT64_C(1000)
#define HOUR (3600 * SECOND)
#define OF_CONFIG(member) offsetof(struct config, member)
#define OF_SERVICE(member) offsetof(struct service_settings, member)

const struct setting settings_table[] = {
    {.path = "listen",
     .type = SETTING_LISTENS,
     .shown = "http://0.0.0.0 on the port of the build (web 8080, mobile 8081)",
     .about = "addresses that clients come to: http://HOST:PORT or https://HOST:PORT"},
    {.path = "tls.certificate",
     .type = SETTING_FILE,
     .offset = OF_CONFIG(certificate),
     .about = "certificate chain for https addresses, a PEM file"},
    {.path = "tls.key",
     .type = SETTING_FILE,
     .offset = OF_CONFIG(key),
     .about = "its private key without pass phrase, a PEM file"},
    {.path = "workers",
     .type = SETTING_WORKERS,
     .offset = OF_CONFIG(workers),
     .least = 1,
     .most = 256,
     .normal = "auto",
     .about = "threads that serve; auto: one for each core"},
    {.path = "services.*.endpoints",
     .type = SETTING_ENDPOINTS,
     .shown = "the client file's",
     .about = "where the service is: http://HOST:PORT or https://HOST:PORT"},
    {.path = "services.*.timeout.connect",
     .type = SETTING_DURATION,
     .offset = OF_SERVICE(connect_ms),
     .least = 1,
     .most = HOUR,
     .normal = "1s",
     .about = "from dialling to connected, TLS included"},
    {.path = "services.*.timeout.first_byte",
     .type = SETTING_DURATION,
     .offset = OF_SERVICE(first_byte_ms),
     .least = 1,
     .most = HOUR,
     .normal = "10s",
     .about = "from the request sent to the answer's first byte"},
    {.path = "services.*.timeout.total",
     .type = SETTING_DURATION,
     .offset = OF_SERVICE(total_ms),
     .least = 1,
     .most = HOUR,
     .normal = "30s",
     .about = "from start to end of a call, retries included"},
    {.path = "services.*.ca_file",
     .type = SETTING_FILE,
     .offset = OF_SERVICE(ca_file),
     .shown = "the system's authorities",
     .about = "who may sign the service's certificate, a PEM file"},
    {.path = "composites.body_limit",
     .type = SETTING_SIZE,
     .offset = OF_CONFIG(body_limit),
     .least = 1,
     .most = UINT64_C(1) << 30,
     .normal = "4MiB",
     .about = "a part with a longer body is rejected as too_large"},
    {.path = "composites.depth",
     .type = SETTING_NUMBER,
     .offset = OF_CONFIG(depth_limit),
     .least = 1,
     .most = 1024,
     .normal = "128",
     .about = "a part whose JSON is nested deeper is rejected as bad_json"},
    {.path = "resolver.interval",
     .type = SETTING_DURATION,
     .offset = OF_CONFIG(resolve_ms),
     .least = SECOND,
     .most = 24 * HOUR,
     .normal = "30s",
     .about = "how often the names of endpoints are looked up again"},
    {.path = "drain_timeout",
     .type = SETTING_DURATION,
     .offset = OF_CONFIG(drain_ms),
     .least = 0,
     .most = 30 * SECOND,
     .normal = "30s",
     .about = "how long open requests may take to end when the server stops"},
    {0},
};

#define ROWS (sizeof(settings_table) / sizeof(settings_table[0]) - 1)

static bool is_of_service(const struct setting *row)
{
    return text_starts(text_of(row->path), TEXT("services."));
}

const struct setting *settings_row(const char *path)
{
    const struct setting *row = settings_table;

    while (row->path != NULL && !text_is(text_of(path), row->path))
        row++;
    must(row->path != NULL);
    return row;
}

bool settings_is_list(const struct setting *row)
{
    return row->type == SETTING_LISTENS || row->type == SETTING_ENDPOINTS;
}

struct place *settings_place(struct settings *settings, const struct setting *row, size_t service)
{
    size_t services = settings->config->service_count;

    return &settings->places[(size_t)(row - settings_table) * (services + 1) + service];
}

void settings_path(const struct settings *settings, const struct setting *row, size_t service,
                   char out[SETTINGS_PATH_SIZE])
{
    if (!is_of_service(row))
        snprintf(out, SETTINGS_PATH_SIZE, "%s", row->path);
    else
        snprintf(out, SETTINGS_PATH_SIZE, "services.%s%s",
                 settings->config->services[service].service->name,
                 row->path + sizeof("services.*") - 1);
}

/* Environment and command line are named by the place; a line of a file needs the path. */
static void complain(struct settings *settings, const struct setting *row, size_t service,
                     const struct setting_wrong *wrong)
{
    char path[SETTINGS_PATH_SIZE];
    struct mistakes *mistakes = &settings->config->mistakes;

    settings_path(settings, row, service, path);
    if (wrong->place->line > 0)
        mistakes_add(mistakes, wrong->place, "%s: %s", path, wrong->words);
    else
        mistakes_add(mistakes, wrong->place, "%s", wrong->words);
}

void settings_set(struct settings *settings, const struct setting *row, size_t service,
                  const struct settings_values *values)
{
    struct config *config = settings->config;
    char *owner = is_of_service(row) ? (char *)&config->services[service] : (char *)config;
    struct setting_wrong wrong;
    int status = 0;

    must(values->count > 0 && (values->count == 1 || settings_is_list(row)));
    /* Of a list, every value that is wrong is told. */
    for (size_t i = 0; i < values->count; i++) {
        wrong.place = &values->places[i];
        if (setting_value_check(row, values->texts[i], &wrong) == 0)
            continue;
        complain(settings, row, service, &wrong);
        status = -1;
    }
    if (status != 0)
        return;
    setting_value_set(row, config, owner, values);
    *settings_place(settings, row, service) = values->places[0];
    if (row->type == SETTING_LISTENS)
        memcpy(settings->listen_places, values->places, sizeof(settings->listen_places));
}

static void default_set(struct settings *settings, const struct setting *row, size_t service,
                        const char *text)
{
    size_t mistakes = settings->config->mistakes.count;

    if (text != NULL)
        settings_set(settings, row, service,
                     &(struct settings_values){.texts = {text}, .count = 1});
    must(settings->config->mistakes.count == mistakes);
}

void settings_begin(struct settings *settings, struct config *config, const struct bff_build *build)
{
    char listen[sizeof("http://0.0.0.0:4294967295")];

    snprintf(listen, sizeof(listen), "http://0.0.0.0:%u", build->port);
    *settings = (struct settings){.config = config};
    settings->places = memory_new(ROWS * (config->service_count + 1) * sizeof(struct place));
    for (const struct setting *row = settings_table; row->path != NULL; row++) {
        if (row->type == SETTING_LISTENS)
            default_set(settings, row, 0, listen);
        else if (!is_of_service(row))
            default_set(settings, row, 0, row->normal);
        for (size_t i = 0; i < config->service_count && is_of_service(row); i++)
            default_set(settings, row, i,
                        row->type == SETTING_ENDPOINTS ? config->services[i].service->endpoint
                                                       : row->normal);
    }
}

void settings_end(struct settings *settings)
{
    memory_free(settings->places);
    *settings = (struct settings){0};
}

void settings_print(FILE *file)
{
    for (const struct setting *row = settings_table; row->path != NULL; row++) {
        const char *normal = row->shown != NULL ? row->shown : row->normal;
        fprintf(file, "  %-30s %s\n", row->path, row->about);
        if (normal != NULL)
            fprintf(file, "  %-30s default: %s\n", "", normal);
    }
}
