/* See options.h. */
#include <stdio.h>

#include "bff/base/suggest.h"
#include "bff/base/check.h"
#include "bff/base/text.h"
#include "bff/compose/build.h"

#include "bff/config/options.h"

#define PATH_WIDTH 36 /* of the longest path of a setting */

enum option {
    OPTION_CONFIG,
    OPTION_LISTEN,
    OPTION_WORKERS,
    OPTION_MOCK,
    OPTION_CHECK,
    OPTION_ROUTES,
    OPTION_OPENAPI,
    OPTION_TYPESCRIPT,
    OPTION_PROBE,
    OPTION_HASH_KEY,
    OPTION_VERIFY,
    OPTION_REHEARSE,
    OPTION_OUT,
    OPTION_WITH,
    OPTION_BODY,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_COUNT,
};

/* ${value} is the name of the option's value in --help; NULL if the option has no value. */
static const struct {
    const char *name, *value, *about;
} table[OPTION_COUNT] = {
    [OPTION_CONFIG] = {"--config", "FILE", "read the settings from this YAML file"},
    [OPTION_LISTEN] = {"--listen", "ADDRESS",
                       "listen here and not where the file says; may be repeated"},
    [OPTION_WORKERS] = {"--workers", "N", "threads that serve: auto or 1 to 256"},
    [OPTION_MOCK] = {"--mock", "DIR", "start mock services with the data of this directory"},
    [OPTION_CHECK] = {"--check", NULL, "check configuration and composites, then exit"},
    [OPTION_ROUTES] = {"--routes", NULL, "show the composites, then exit"},
    [OPTION_OPENAPI] = {"--openapi", NULL, "print the composites as OpenAPI 3.1, then exit"},
    [OPTION_TYPESCRIPT] = {"--typescript", NULL,
                           "print the types of the composites for TypeScript, then exit"},
    [OPTION_PROBE] = {"--probe", NULL,
                      "ask the server of this configuration if it is ready, then exit"},
    [OPTION_HASH_KEY] = {"--hash-key", NULL,
                         "read an API key from standard input, print its SHA-256, then exit"},
    [OPTION_VERIFY] = {"--verify", "ROUTE",
                       "compare an answer on standard input with its shapes, then exit"},
    [OPTION_REHEARSE] = {"--rehearse", "COMPOSITE",
                         "write each answer that it can give as a file, then exit; with --mock"},
    [OPTION_OUT] = {"--out", "DIR", "for --rehearse: write them to this directory"},
    [OPTION_WITH] = {"--with", "NAME=VALUE", "for --rehearse: a parameter; may be repeated"},
    [OPTION_BODY] = {"--body", "FILE", "for --rehearse: the JSON body of the requests"},
    [OPTION_HELP] = {"--help", NULL, "show this, then exit"},
    [OPTION_VERSION] = {"--version", NULL, "show the version, then exit"},
};

/* Splits "--name=value". ${*value} is NULL if there is no '='. */
static enum option option_find(const char *argument, const char **value)
{
    struct text rest = text_of(argument), name = text_cut(&rest, '=');

    *value = rest.at;
    for (unsigned i = 0; i < OPTION_COUNT; i++)
        if (text_is(name, table[i].name))
            return (enum option)i;
    return OPTION_COUNT;
}

static void unknown(const char *argument, struct mistakes *mistakes)
{
    const char *names[OPTION_COUNT];
    struct text rest = text_of(argument), name = text_cut(&rest, '=');
    struct place place = {0};

    struct text bare = name; /* names are compared without their dashes */
    while (bare.len > 0 && bare.at[0] == '-')
        bare = (struct text){bare.at + 1, bare.len - 1};
    for (unsigned i = 0; i < OPTION_COUNT; i++)
        names[i] = table[i].name + sizeof("--") - 1;
    /* Most servers call it port. */
    const char *near = text_is(bare, "port") ? "listen" : suggest_name(bare, names, OPTION_COUNT);
    if (argument[0] != '-')
        mistakes_add(mistakes, &place, "%.100s: unexpected argument; --help shows the options",
                     argument);
    else if (near != NULL)
        mistakes_add(mistakes, &place, "%.*s: unknown option; did you mean \"--%s\"?",
                     TEXT_SHOWN(name), near);
    else
        mistakes_add(mistakes, &place, "%.*s: unknown option; --help shows all", TEXT_SHOWN(name));
}

static const char **single(struct options *out, enum option option)
{
    if (option == OPTION_REHEARSE)
        return &out->rehearse;
    if (option == OPTION_OUT || option == OPTION_BODY)
        return option == OPTION_OUT ? &out->out : &out->body;
    if (option == OPTION_CONFIG)
        return &out->config;
    if (option == OPTION_VERIFY)
        return &out->verify;
    return option == OPTION_WORKERS ? &out->workers : &out->mock;
}

static void value_add(const char **values, size_t *count, size_t most, const char *value,
                      struct mistakes *mistakes, const struct place *place)
{
    if (*count < most)
        values[(*count)++] = value;
    else
        mistakes_add(mistakes, place, "expected at most %zu of them", most);
}

static void value_set(struct options *out, enum option option, const char *value,
                      struct mistakes *mistakes)
{
    struct place place = {.source = table[option].name};

    if (option == OPTION_LISTEN) {
        value_add(out->listens, &out->listen_count, SETTINGS_LIST_MAX, value, mistakes, &place);
    } else if (option == OPTION_WITH) {
        value_add(out->with, &out->with_count, CONFIG_WITH_MAX, value, mistakes, &place);
    } else if (*single(out, option) != NULL) {
        mistakes_add(mistakes, &place, "given twice");
    } else {
        *single(out, option) = value;
    }
}

static bool *flag(struct options *out, enum option option)
{
    if (option == OPTION_CHECK)
        return &out->is_check;
    if (option == OPTION_ROUTES)
        return &out->is_routes;
    if (option == OPTION_OPENAPI)
        return &out->is_openapi;
    if (option == OPTION_TYPESCRIPT)
        return &out->is_typescript;
    if (option == OPTION_PROBE)
        return &out->is_probe;
    if (option == OPTION_HASH_KEY)
        return &out->is_hash_key;
    return option == OPTION_HELP ? &out->is_help : &out->is_version;
}

/* Reads ${argument}, and also ${next} if that is its value (NULL: there is no next argument).
 * Returns the number of arguments that were read. */
static int option_read(const char *argument, const char *next, struct options *out,
                       struct mistakes *mistakes)
{
    const char *value;
    enum option option = option_find(argument, &value);

    if (option == OPTION_COUNT) {
        unknown(argument, mistakes);
        return 1;
    }
    struct place place = {.source = table[option].name};
    if (table[option].value == NULL) {
        *flag(out, option) = true;
        if (value != NULL)
            mistakes_add(mistakes, &place, "it takes no value");
        return 1;
    }
    int taken = value == NULL ? 2 : 1;
    if (value == NULL)
        value = next;
    if (value == NULL || *value == '\0' || text_starts(text_of(value), TEXT("--"))) {
        mistakes_add(mistakes, &place, "its value is missing: %s %s", table[option].name,
                     table[option].value);
        return value != NULL && *value == '\0' ? taken : 1;
    }
    value_set(out, option, value, mistakes);
    return taken;
}

/* Checks that the options ask for at most one action. */
static void actions_check(struct options *out, struct mistakes *mistakes)
{
    static const enum option actions[] = {OPTION_CHECK,      OPTION_ROUTES, OPTION_OPENAPI,
                                          OPTION_TYPESCRIPT, OPTION_PROBE,  OPTION_HASH_KEY};
    const char *first = out->verify == NULL ? NULL : table[OPTION_VERIFY].name;

    if (out->rehearse != NULL)
        first = table[OPTION_REHEARSE].name;
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        const char *name = table[actions[i]].name;
        if (!*flag(out, actions[i]))
            continue;
        if (first != NULL)
            mistakes_add(mistakes, &(struct place){.source = first},
                         "%s stands beside it; expected one of the two", name);
        else
            first = name;
    }
}

static void rehearsal_check(const struct options *out, struct mistakes *mistakes)
{
    struct place place = {.source = table[OPTION_REHEARSE].name};
    bool has_more = out->out != NULL || out->body != NULL || out->with_count > 0;

    if (out->rehearse == NULL && has_more)
        mistakes_add(mistakes, &place, "--out, --with and --body stand only beside it");
    if (out->rehearse != NULL && out->mock == NULL)
        mistakes_add(mistakes, &place, "it needs the mock services: --mock DIR");
    if (out->rehearse != NULL && out->verify != NULL)
        mistakes_add(mistakes, &place, "--verify stands beside it; expected one of the two");
}

void options_read(int argc, char **argv, struct options *out, struct mistakes *mistakes)
{
    *out = (struct options){0};
    for (int i = 1; i < argc;)
        i += option_read(argv[i], i + 1 < argc ? argv[i + 1] : NULL, out, mistakes);
    actions_check(out, mistakes);
    rehearsal_check(out, mistakes);
}

static void rows_print(FILE *file, const struct setting *row)
{
    for (; row->path != NULL; row++) {
        const char *normal = row->shown != NULL ? row->shown : row->normal;
        fprintf(file, "  %-*s %s\n", PATH_WIDTH, row->path, row->about);
        if (normal != NULL)
            fprintf(file, "  %-*s default: %s\n", PATH_WIDTH, "", normal);
        if (row->kind->members != NULL)
            rows_print(file, row->kind->members);
    }
}

static void settings_print(FILE *file, const struct section *const *sections)
{
    for (; *sections != NULL; sections++)
        rows_print(file, (*sections)->rows);
}

static void environment_print(FILE *file, const struct section *const *sections,
                              const struct bff_build *build)
{
    for (; *sections != NULL; sections++)
        for (const struct setting *row = (*sections)->rows; row->path != NULL; row++)
            if (row->environment != NULL)
                fprintf(file, "  %-*s %s%s\n", PATH_WIDTH, row->environment, row->path,
                        row->file_wins ? ", when the file does not have it" : "");
    for (size_t i = 0; i < build_service_count(build); i++) {
        const struct bff_service *service = build->services->rows[i];
        if (service->environment != NULL)
            fprintf(file, "  %-*s default: %s\n", PATH_WIDTH, service->environment,
                    service->endpoint);
    }
}

void options_help(FILE *file, const struct bff_build *build, const struct section *const *sections)
{
    fprintf(file, "Usage: bff-%s [OPTION]...\n\nOptions:\n", build->name);
    for (unsigned i = 0; i < OPTION_COUNT; i++) {
        if (i == OPTION_MOCK && build->mocks == NULL)
            continue;
        fprintf(file, "  %-13s%-17s %s\n", table[i].name,
                table[i].value == NULL ? "" : table[i].value, table[i].about);
    }
    fprintf(file, "\nSettings of the file (* is a name, such as a service's, or an item of a list "
                  "such as routes):\n");
    settings_print(file, sections);
    fprintf(file, "\nEnvironment (it wins over the file; endpoints are separated by commas):\n");
    environment_print(file, sections, build);
}
