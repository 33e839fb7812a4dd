/* The command line. */
#ifndef BFF_CONFIG_OPTIONS_H
#define BFF_CONFIG_OPTIONS_H

#include <stddef.h>
#include <stdio.h>

#include "bff/config/settings.h"

struct options {
    const char *config;                /* the name of a file */
    const char *workers;               /* the text of the option */
    const char *mock;                  /* the name of a directory */
    const char *verify;                /* the route of a composite */
    const char *rehearse, *out, *body; /* see struct config_rehearsal */
    const char *with[CONFIG_WITH_MAX];
    size_t with_count;
    const char *listens[SETTINGS_LIST_MAX];
    size_t listen_count;
    bool is_check, is_routes, is_openapi, is_typescript, is_probe, is_hash_key, is_help, is_version;
};

/* Reads ${argv}, whose strings are borrowed. Adds what is wrong to ${mistakes}. */
void options_read(int argc, char **argv, struct options *out, struct mistakes *mistakes);

/* Prints the options, the settings of ${sections} (a list that ends with NULL) and the variables
 * for people. */
void options_help(FILE *file, const struct bff_build *build, const struct section *const *sections);

#endif
