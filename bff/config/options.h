/* The command line. */
#ifndef BFF_CONFIG_OPTIONS_H
#define BFF_CONFIG_OPTIONS_H

#include <stddef.h>
#include <stdio.h>

#include "bff/config/settings.h"

struct options {
    const char *config;  /* a file */
    const char *workers; /* the text as given */
    const char *mock;    /* a directory */
    const char *listens[SETTINGS_LIST_MAX];
    size_t listen_count;
    bool is_check, is_routes, is_probe, is_help, is_version;
};

/* Reads ${argv}; its strings are borrowed. What is wrong goes to ${mistakes}. */
void options_read(int argc, char **argv, struct options *out, struct mistakes *mistakes);

/* Options, the settings of ${sections} (ended by NULL) and variables, for people. */
void options_help(FILE *file, const struct bff_build *build, const struct section *const *sections);

#endif
