/* See config_read.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bff/config/environment.h"
#include "bff/config/options.h"
#include "bff/config/section.h"
#include "bff/config/settings_file.h"

#include "bff/config/config_read.h"

static void mock_set(struct config *config, const char *directory)
{
    struct stat status;
    struct place place = {.source = "--mock"};

    if (directory == NULL)
        return;
    if (config->build->mocks == NULL) {
        mistakes_add(&config->mistakes, &place, "this build has no mock services");
        return;
    }
    if (stat(directory, &status) != 0)
        mistakes_add(&config->mistakes, &place, "\"%.200s\": %s", directory, strerror(errno));
    else if (!S_ISDIR(status.st_mode))
        mistakes_add(&config->mistakes, &place, "\"%.200s\" is not a directory", directory);
    config->mock_dir = (char *)pool_text(config->pool, text_of(directory)).at;
}

static void rehearsal_set(struct config *config, const struct options *options)
{
    struct config_rehearsal *rehearsal = &config->rehearsal;

    *rehearsal = (struct config_rehearsal){.composite = options->rehearse,
                                           .out = options->out,
                                           .body = options->body,
                                           .with_count = options->with_count};
    for (size_t i = 0; i < options->with_count; i++)
        rehearsal->with[i] = options->with[i];
}

static void options_set(struct settings *settings, const struct options *options)
{
    struct settings_values listens = {.count = options->listen_count};

    for (size_t i = 0; i < options->listen_count; i++) {
        listens.texts[i] = options->listens[i];
        listens.places[i] = (struct place){.source = "--listen"};
    }
    if (listens.count > 0)
        settings_set(settings, "listen", 0, &listens);
    if (options->workers != NULL)
        settings_set_one(settings, "workers", 0, options->workers,
                         (struct place){.source = "--workers"});
    mock_set(settings->config, options->mock);
}

static void check(struct settings *settings, const struct options *options)
{
    bool is_to_serve = !options->is_routes && !options->is_openapi && !options->is_typescript &&
                       !options->is_probe;

    for (const struct section *const *at = section_list; *at != NULL; at++)
        if ((*at)->check != NULL)
            (*at)->check(settings);
    for (const struct section *const *at = section_list; *at != NULL && is_to_serve; at++)
        if ((*at)->check_to_serve != NULL)
            (*at)->check_to_serve(settings);
}

static void layers_read(struct config *config, const struct options *options)
{
    struct settings settings;

    settings_begin(&settings, config, section_list);
    bool is_known = config->file == NULL || settings_file_read(&settings) == 0;
    environment_set(&settings);
    options_set(&settings, options);
    if (is_known) {
        check(&settings, options);
        environment_check(&settings);
    }
    settings_end(&settings);
}

static enum config_action action_of(const struct config *config, const struct options *options)
{
    if (config->mistakes.count > 0)
        return CONFIG_EXIT_BAD;
    if (options->rehearse != NULL)
        return CONFIG_REHEARSE;
    if (options->is_check)
        return CONFIG_CHECK;
    if (options->is_probe)
        return CONFIG_PROBE;
    if (options->is_openapi)
        return CONFIG_OPENAPI;
    if (options->is_typescript)
        return CONFIG_TYPESCRIPT;
    return options->is_routes ? CONFIG_ROUTES : CONFIG_SERVE;
}

static enum config_action read_all(int argc, char **argv, const struct bff_build *build,
                                   struct config *out, struct options *options)
{
    *out = (struct config){.build = build, .pool = pool_new()};
    options_read(argc, argv, options, &out->mistakes);
    if (options->is_help || options->is_version)
        return CONFIG_EXIT_OK;
    if (options->is_hash_key)
        return out->mistakes.count > 0 ? CONFIG_EXIT_BAD : CONFIG_HASH_KEY;
    out->verify = options->verify;
    if (options->verify != NULL)
        return out->mistakes.count > 0 ? CONFIG_EXIT_BAD : CONFIG_VERIFY;
    if (options->config != NULL)
        out->file = (char *)pool_text(out->pool, text_of(options->config)).at;
    if (out->file != NULL)
        config_add_file(out, out->file);
    rehearsal_set(out, options);
    layers_read(out, options);
    return action_of(out, options);
}

enum config_action config_read(int argc, char **argv, const struct bff_build *build,
                               struct config *out)
{
    struct options options;

    return read_all(argc, argv, build, out, &options);
}

static void mistakes_print(const struct mistakes *mistakes)
{
    for (size_t i = 0; i < mistakes->count; i++)
        fprintf(stderr, "%s\n", mistakes->lines[i]);
    if (mistakes_is_full(mistakes))
        fprintf(stderr, "... and perhaps more: only the first %d are shown\n", MISTAKES_MAX);
}

static void warnings_print(const struct mistakes *warnings)
{
    for (size_t i = 0; i < warnings->count; i++)
        fprintf(stderr, "warning: %s\n", warnings->lines[i]);
}

enum config_action config_read_and_print(int argc, char **argv, const struct bff_build *build,
                                         struct config *out)
{
    struct options options;
    enum config_action action = read_all(argc, argv, build, out, &options);

    if (action == CONFIG_EXIT_BAD)
        mistakes_print(&out->mistakes);
    if (action == CONFIG_CHECK)
        warnings_print(&out->warnings);
    if (options.is_help)
        options_help(stdout, build, section_list);
    else if (options.is_version)
        printf("bff-%s %s\n", build->name, BFF_VERSION);
    return action;
}
