/*
 * THE table of settings: reading, checking, defaults and help are made from its rows. A new setting
 * is a member of a struct and a row here.
 */
#ifndef BFF_CONFIG_SETTINGS_H
#define BFF_CONFIG_SETTINGS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "bff/config/config.h"

#define SETTINGS_LIST_MAX 64     /* values of one list */
#define SETTINGS_ROUTES_MAX 1024 /* routes of one file */

/* What a row's member is, and how its text is read: setting_value.c has a kind for each. */
enum setting_type {
    SETTING_LISTENS,   /* config's listens; a list */
    SETTING_ENDPOINTS, /* a service's endpoints; a list */
    SETTING_ORIGINS,   /* config's cors: origins; a list */
    SETTING_NETWORKS,  /* config's trusted proxies; a list */

    SETTING_DURATION, /* uint32_t, milliseconds */
    SETTING_SECONDS,  /* uint32_t, whole seconds */
    SETTING_SIZE,     /* size_t, bytes */
    SETTING_COUNT,    /* size_t */
    SETTING_NUMBER,   /* unsigned */
    SETTING_WORKERS,  /* unsigned, 0 for "auto" */

    SETTING_BOOL,   /* bool: true or false */
    SETTING_OFF,    /* bool: "off" sets it; in its place a mapping may stand */
    SETTING_NONE,   /* char *: "off" makes it NULL; in its place a mapping may stand */
    SETTING_FILE,   /* char *; a relative one lies beside the configuration file */
    SETTING_TARGET, /* char *: a path, perhaps with a query */
    SETTING_STRING, /* const char * */

    SETTING_SECRET,     /* struct text; never shown */
    SETTING_ALGORITHMS, /* unsigned, JWT_BIT of each; a list */
    SETTING_KEY_FILES,  /* config's login: files; a list */

    SETTING_PATH,        /* struct text: a path as it is matched */
    SETTING_SERVICE,     /* const struct bff_service * */
    SETTING_ACCESS,      /* struct access_rule */
    SETTING_METHODS,     /* a route's methods; a list */
    SETTING_HOST,        /* struct text: a host, lower case */
    SETTING_FIELD_NAME,  /* struct text: a header field's name, lower case */
    SETTING_FIELD_VALUE, /* struct text: a header field's value */
    SETTING_FIELDS,      /* struct plain_fields, set: a mapping of names and values */
    SETTING_FIELD_NAMES, /* struct plain_fields, removed: a list of names */
};

/*
 *   path         where it stands in the file; "*" stands for the name of a service, and under
 *                routes for an item of the list
 *   type         see above
 *   offset       of the member in struct config; under services in struct service_settings, under
 *                routes in struct plain_route
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

/* Where a member was set last. */
struct setting_mark {
    struct place place; /* no source: it has its default */
    bool is_wrong;      /* what stood somewhere was wrong, which has been told */
};

/* A configuration while it is read: each value with its place. */
struct settings {
    struct config *config;
    struct setting_mark *marks;       /* of every row, once and for every service */
    struct setting_mark *route_marks; /* of every row for every route */
    struct place *route_begins;       /* of every route */
    struct place listen_places[SETTINGS_LIST_MAX];
    bool has_routes; /* the file has a list of them, perhaps an empty one */
};

/* A list has one value at least, everything else exactly one. One of a mapping is "name: value". */
struct settings_values {
    const char *texts[SETTINGS_LIST_MAX];
    struct place places[SETTINGS_LIST_MAX];
    size_t count;
};

/* Fills ${config}, whose services have their names, with every default but the routes. */
void settings_begin(struct settings *settings, struct config *config,
                    const struct bff_build *build);
void settings_end(struct settings *settings); /* config stays */

/* Makes ${count} routes at their defaults, once. */
void settings_routes(struct settings *settings, size_t count);

/*
 * Sets the member of ${row} (of the service or route ${index}, where the path has "*"). What is
 * wrong goes to config->mistakes, and the member keeps its value.
 */
void settings_set(struct settings *settings, const struct setting *row, size_t index,
                  const struct settings_values *values);

/* The same for one value that stands at ${place}. */
void settings_set_one(struct settings *settings, const struct setting *row, size_t index,
                      const char *text, struct place place);

/* A mistake of a value that each source alone had right: where it was set last, path and words. */
void settings_complain(struct settings *settings, const struct setting *row, size_t index,
                       const char *words);

/* The row of ${path}, which must be there. */
const struct setting *settings_row(const char *path);

/* What is known of the member of ${row}, to read and to change. */
struct setting_mark *settings_mark(struct settings *settings, const struct setting *row,
                                   size_t index);

/* The row's path with the service's name, or the route's number, in it. */
#define SETTINGS_PATH_SIZE 128
void settings_path(const struct settings *settings, const struct setting *row, size_t index,
                   char out[SETTINGS_PATH_SIZE]);

/* One line for each row: path, default, about. */
void settings_print(FILE *file);

#endif
