/*
 * The kinds of values that settings of any section may have. A kind that only one section needs is
 * in the file of that section.
 */
#ifndef BFF_CONFIG_KIND_H
#define BFF_CONFIG_KIND_H

#include "bff/config/settings.h"
#include "bff/config/units.h"

/* Switches and text. The comment of each kind begins with the type of the member. */
extern const struct settings_kind kind_bool; /* bool: true or false */
extern const struct settings_kind kind_off;  /* bool: true for "off"; or the file has a mapping */
extern const struct settings_kind kind_no_number;  /* unsigned: 0 for "off"; or a mapping */
extern const struct settings_kind kind_no_pointer; /* any pointer: NULL for "off"; or a mapping */
extern const struct settings_kind kind_file;       /* char *; see kind_file_name */
extern const struct settings_kind kind_string;     /* const char * */

/* Numbers, within the bounds of the row. */
extern const struct settings_kind kind_duration; /* uint32_t, milliseconds */
extern const struct settings_kind kind_seconds;  /* uint32_t, whole seconds */
extern const struct settings_kind kind_size;     /* size_t, bytes */
extern const struct settings_kind kind_count;    /* size_t */
extern const struct settings_kind kind_number;   /* unsigned */
extern const struct settings_kind kind_percent;  /* unsigned; "50" or "50%" */

/* Properties of requests, the services that get them, and the users who may send them. */
extern const struct settings_kind kind_path;    /* struct text: a normalized path */
extern const struct settings_kind kind_host;    /* struct text: a host of host.h, lower case */
extern const struct settings_kind kind_methods; /* struct text *: absent text ends the list */
extern const struct settings_kind kind_service; /* const struct bff_service * */
extern const struct settings_kind kind_access;  /* struct access_rule */

/* Header fields. The kinds for "set" and "remove" add to one struct plain_fields; see
 * kind_fields.c. */
extern const struct settings_kind kind_field_name;     /* struct text, lower case */
extern const struct settings_kind kind_field_value;    /* struct text */
extern const struct settings_kind kind_request_set;    /* a mapping of names and values */
extern const struct settings_kind kind_request_remove; /* a list of names */
extern const struct settings_kind kind_response_set, kind_response_remove;

/* Functions for kinds that only one section has. */

/* The written form of a number. ${read} returns NULL, or words that say what is wrong, as
 * units_size does. */
struct kind_form {
    const char *(*read)(struct text text, uint64_t *number);
    void (*print)(uint64_t number, char out[UNITS_SIZE]);
};

extern const struct kind_form kind_whole; /* digits only */

/* Reads the number. Refuses a text that is not a number, and a number outside the row's bounds.
 * Returns 0 or -1. */
int kind_read_number(struct settings_input *input, const struct kind_form *form, uint64_t *number);

/*
 * Returns the file name in value number ${which}, in the configuration's pool. A relative name in
 * the configuration file is relative to the directory of that file, and not to the working
 * directory.
 */
char *kind_file_name(struct settings_input *input, size_t which);

/* Reads the values as addresses and networks. Returns one for each value, in the configuration's
 * pool; NULL when a value is refused. */
struct trusted_network *kind_networks(struct settings_input *input);

/* Returns a copy of ${text} in lower case, in ${pool}. A NUL follows it. */
struct text kind_lower(struct pool *pool, struct text text);

#endif
