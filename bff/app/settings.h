/*
 * THE table of settings: reading, checking, defaults and help are made from its rows. A new setting
 * is a member of a struct and a row here.
 */
#ifndef BFF_APP_SETTINGS_H
#define BFF_APP_SETTINGS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "bff/app/config.h"

#define SETTINGS_LIST_MAX 64 /* values of one list */

/* What a row's member is, and how its text is read. */
enum setting_type {
    SETTING_LISTENS,   /* config's listens; a list */
    SETTING_ENDPOINTS, /* a service's endpoints; a list */
    SETTING_FILE,      /* char *; a relative one lies beside the configuration file */
    SETTING_DURATION,  /* uint32_t, milliseconds */
    SETTING_SIZE,      /* size_t, bytes */
    SETTING_NUMBER,    /* unsigned */
    SETTING_WORKERS,   /* unsigned, 0 for "auto" */
};

/*
 *   path         where it stands in the file; "*" stands for the name of a service
 *   type         see above
 *   offset       of the member in struct config or, under services, in struct service_settings
 *   least, most  bounds, in the member's unit
 *   normal       the default, as one would write it; NULL: none, or not the same everywhere
 *   shown        in place of normal for people
 *   about        a line for people
 */
struct setting {
    const char *path;
    enum setting_type type;
    size_t offset;
    uint64_t least, most;
    const char *normal;
    const char *shown;
    const char *about;
};

/* Ended by a row whose path is NULL. */
extern const struct setting settings_table[];

/* A configuration while it is read: each value with its place. */
struct settings {
    struct config *config;
    struct place *places; /* of every row for every service; no source: still the default */
    struct place listen_places[SETTINGS_LIST_MAX];
};

struct settings_values {
    const char *texts[SETTINGS_LIST_MAX];
    struct place places[SETTINGS_LIST_MAX];
    size_t count; /* one at least; exactly one when the row's type is no list */
};

/* Fills ${config}, whose services have their names, with every default. */
void settings_begin(struct settings *settings, struct config *config,
                    const struct bff_build *build);
void settings_end(struct settings *settings); /* config stays */

/*
 * Sets the member of ${row} (of the service ${service}, an index, where the path has "*"). What is
 * wrong goes to config->mistakes, and the member keeps its value.
 */
void settings_set(struct settings *settings, const struct setting *row, size_t service,
                  const struct settings_values *values);

/* The row of ${path}, which must be there. */
const struct setting *settings_row(const char *path);

/* Where the member of ${row} was set last; no source: it has its default. */
struct place *settings_place(struct settings *settings, const struct setting *row, size_t service);

bool settings_is_list(const struct setting *row);

/* The row's path with the service's name in it. */
#define SETTINGS_PATH_SIZE 128
void settings_path(const struct settings *settings, const struct setting *row, size_t service,
                   char out[SETTINGS_PATH_SIZE]);

/* One line for each row: path, default, about. */
void settings_print(FILE *file);

#endif
