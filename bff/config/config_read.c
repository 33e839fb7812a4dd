/* See config.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bff/config/config_check.h"
#include "bff/config/settings_file.h"
#include "bff/config/config_login.h"
#include "bff/config/config_routes.h"
#include "bff/config/options.h"
#include "bff/config/settings.h"
#include "bff/base/memory.h"
#include "bff/base/text.h"

#include "bff/config/config.h"

static void services_begin(struct config *config, const struct bff_build *build)
{
    while (build->services[config->service_count] != NULL)
        config->service_count++;
    config->services = memory_new((config->service_count + 1) * sizeof(*config->services));
    for (size_t i = 0; i < config->service_count; i++)
        config->services[i].service = build->services[i];
}

/* An empty variable counts as not set. */
static const char *variable_of(const char *name)
{
    const char *value = name == NULL ? NULL : getenv(name);

    return value == NULL || *value == '\0' ? NULL : value;
}

static void secret_read(struct settings *settings, const char *name, const char *path)
{
    const char *value = variable_of(name);

    if (value != NULL)
        settings_set_one(settings, settings_row(path), 0, value, (struct place){.source = name});
}

/* Endpoints, separated by commas. */
static void variable_read(struct settings *settings, size_t service)
{
    const char *name = settings->config->services[service].service->environment;
    struct settings_values values = {.count = 0};
    char *list = memory_string(variable_of(name) == NULL ? "" : variable_of(name));
    struct text rest = text_trim(text_of(list));

    while (rest.len > 0 && values.count < SETTINGS_LIST_MAX) {
        struct text one = text_trim(text_cut(&rest, ','));
        ((char *)one.at)[one.len] = '\0'; /* where the comma was, a blank, or the end */
        values.places[values.count] = (struct place){.source = name};
        values.texts[values.count++] = one.at;
    }
    if (rest.len > 0)
        mistakes_add(&settings->config->mistakes, &values.places[0],
                     "expected at most %d endpoints", SETTINGS_LIST_MAX);
    else if (values.count > 0)
        settings_set(settings, settings_row("services.*.endpoints"), service, &values);
    memory_free(list);
}

static void mock_set(struct config *config, const char *directory)
{
    struct stat status;
    struct place place = {.source = "--mock"};

    if (directory == NULL)
        return;
    if (stat(directory, &status) != 0)
        mistakes_add(&config->mistakes, &place, "\"%.200s\": %s", directory, strerror(errno));
    else if (!S_ISDIR(status.st_mode))
        mistakes_add(&config->mistakes, &place, "\"%.200s\" is not a directory", directory);
    config->mock_dir = memory_string(directory);
}

static void options_set(struct settings *settings, const struct options *options)
{
    struct settings_values listens = {.count = options->listen_count};

    for (size_t i = 0; i < options->listen_count; i++) {
        listens.texts[i] = options->listens[i];
        listens.places[i] = (struct place){.source = "--listen"};
    }
    if (listens.count > 0)
        settings_set(settings, settings_row("listen"), 0, &listens);
    if (options->workers != NULL)
        settings_set_one(settings, settings_row("workers"), 0, options->workers,
                         (struct place){.source = "--workers"});
    mock_set(settings->config, options->mock);
}

static void layers_read(struct config *config, const struct bff_build *build,
                        const struct options *options)
{
    struct settings settings;

    settings_begin(&settings, config, build);
    bool is_known = config->file == NULL || config_file_read(&settings) == 0;
    for (size_t i = 0; i < config->service_count; i++)
        variable_read(&settings, i);
    secret_read(&settings, "JWT_SECRET", "login.secret");
    secret_read(&settings, "JWT_SECRET_FILE", "login.secret_file");
    options_set(&settings, options);
    if (!settings.has_routes)
        config_routes_default(&settings);
    if (is_known)
        config_check(&settings);
    if (is_known && !options->is_routes && !options->is_probe) /* who looks needs no secret */
        config_login_check(&settings);
    settings_end(&settings);
}

static enum config_action read_options(const struct options *options, const struct bff_build *build,
                                       struct config *out)
{
    services_begin(out, build);
    out->pool = pool_new();
    out->limits = limits_default;
    if (options->config != NULL)
        out->file = memory_string(options->config);
    layers_read(out, build, options);
    if (out->mistakes.count > 0)
        return CONFIG_EXIT_BAD;
    if (options->is_check)
        return CONFIG_CHECK;
    if (options->is_probe)
        return CONFIG_PROBE;
    return options->is_routes ? CONFIG_ROUTES : CONFIG_SERVE;
}

enum config_action config_read(int argc, char **argv, const struct bff_build *build,
                               struct config *out)
{
    struct options options;

    *out = (struct config){0};
    options_read(argc, argv, &options, &out->mistakes);
    if (options.is_help || options.is_version)
        return CONFIG_EXIT_OK;
    return read_options(&options, build, out);
}

static void mistakes_print(const struct config *config)
{
    for (size_t i = 0; i < config->mistakes.count; i++)
        fprintf(stderr, "%s\n", config->mistakes.lines[i]);
    if (mistakes_is_full(&config->mistakes))
        fprintf(stderr, "... and perhaps more: only the first %d are shown\n", MISTAKES_MAX);
}

enum config_action config_load(int argc, char **argv, const struct bff_build *build,
                               struct config *out)
{
    struct options options;
    enum config_action action = config_read(argc, argv, build, out);

    if (action == CONFIG_EXIT_BAD)
        mistakes_print(out);
    if (action != CONFIG_EXIT_OK)
        return action;
    options_read(argc, argv, &options, &out->mistakes);
    if (options.is_help)
        options_help(stdout, build);
    else
        printf("bff-%s %s\n", build->name, BFF_VERSION);
    return action;
}

size_t config_largest_body(const struct config *config)
{
    size_t largest = config->request_limit;

    for (size_t i = 0; i < config->routes.count; i++)
        if (config->routes.rows[i].body_limit > largest)
            largest = config->routes.rows[i].body_limit;
    return largest;
}

void config_free(struct config *config)
{
    for (size_t i = 0; i < config->listen_count; i++)
        memory_free(config->listens[i].text);
    for (size_t i = 0; i < config->service_count; i++) {
        struct service_settings *service = &config->services[i];
        for (size_t j = 0; j < service->endpoint_count; j++)
            service_endpoint_free(&service->endpoints[j]);
        memory_free(service->endpoints);
        memory_free(service->ca_file);
        memory_free(service->health_path);
    }
    memory_free(config->listens);
    memory_free(config->services);
    memory_free(config->certificate);
    memory_free(config->key);
    memory_free(config->mock_dir);
    memory_free(config->secret_file);
    memory_free(config->file);
    if (config->pool != NULL)
        pool_free(config->pool);
    mistakes_free(&config->mistakes);
    *config = (struct config){0};
}
