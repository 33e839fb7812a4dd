/*
 * How settings are described, and a configuration while it is read.
 *
 * A section of the file is a struct section: its rows, the kinds of values that only it has, and
 * its checks. Each lies in a file of its own (section_login.c), and section.c lists them all.
 * Reading, defaults, --help and the names in messages are made from the rows. So a new setting is
 * a row in its section's file, and a member of the struct that the row fills.
 */
#ifndef BFF_CONFIG_SETTINGS_H
#define BFF_CONFIG_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

#include "bff/config/config.h"
#include "bff/config/names.h"

#define SETTINGS_LIST_MAX 64 /* values of one list */

struct settings;
struct settings_input;

/*
 * How the texts of a setting become its member. kind.h has the kinds that many sections use.
 *
 *   read        reads all texts of ${input} and sets input->member. It reports a wrong
 *               text by settings_refuse; the member then keeps its value
 *   is_list     a list may have several values; one value alone is a list of one
 *   is_mapping  a mapping of names and values; each pair comes as one text, "name: value"
 */
struct settings_kind {
    void (*read)(struct settings_input *input);
    bool is_list;
    bool is_mapping;
};

/*
 * A row: one setting. The first columns need no names: path, kind, offset, least, most.
 *
 *   path         its place in the file; "*" is the name of an item, or stands for its number
 *   kind         what its value is
 *   offset       of the member in struct config, or in the struct of the section's items
 *   least, most  bounds of a number, in the member's unit
 *   normal       the default, as an operator would write it; NULL: none, or not always the same
 *   shown        the default as --help shows it, in place of ${normal}
 *   about        one line for people
 *   environment  the variable that wins over the file; NULL: none
 *   may_be_unset a value "${NAME}" counts as no value when that variable is not set
 */
struct setting {
    const char *path;
    const struct settings_kind *kind;
    size_t offset;
    uint64_t least, most;
    const char *normal;
    const char *shown;
    const char *about;
    const char *environment;
    bool may_be_unset;
};

/*
 * What "*" stands for in the paths of a section.
 *
 *   path   of the mapping or list that holds the items: "services"
 *   noun   what one item is called: "service"
 *   count  how many items ${config} has
 *   at     the struct that the rows' offsets belong to
 *   name   the name of an item; NULL: the items are a list, and have numbers
 *   make   for a list: makes ${count} items, all zero, with room for those of ${spare}; called once
 *          at most
 *   spare  for a list: so many items the section's check may add; NULL: none
 *   most   for a list: so many items are allowed
 */
struct settings_items {
    const char *path;
    const char *noun;
    size_t (*count)(const struct config *config);
    void *(*at)(struct config *config, size_t index);
    const char *(*name)(const struct config *config, size_t index);
    void (*make)(struct config *config, size_t count);
    size_t (*spare)(const struct config *config);
    size_t most;
};

/*
 * A section. Every function may be NULL. They are called in this order, each for all sections
 * before the next one; the file is read after begin.
 *
 *   rows            ended by a row whose path is NULL, in the order of --help
 *   items           what "*" is in the paths; NULL: no path has one
 *   begin           makes what has to be there before the defaults of the rows are set, and sets
 *                   the defaults that depend on the build
 *   environment     sets what variables without a row say
 *   check           reports settings that contradict each other, and files that are bad;
 *                   gives values that depend on other settings. Not called when the file could not
 *                   be read as a whole
 *   check_to_serve  the same, but only when the configuration is to be served or checked (--check);
 *                   it may ask for secrets
 */
struct section {
    const struct setting *rows;
    const struct settings_items *items;
    void (*begin)(struct config *config, const struct bff_build *build);
    void (*environment)(struct settings *settings);
    void (*check)(struct settings *settings);
    void (*check_to_serve)(struct settings *settings);
};

/* The values of one setting: at least one, and exactly one if its kind is not a list or mapping. */
struct settings_values {
    const char *texts[SETTINGS_LIST_MAX];
    struct place places[SETTINGS_LIST_MAX];
    size_t count;
};

/* What is known about one member. */
struct settings_mark {
    struct place place;         /* where it was set last; no source: it has its default */
    const struct place *places; /* of every value of a list; NULL: as ${place} */
    bool is_wrong;              /* a value was wrong, and has been reported */
};

/* One setting while its texts are read. */
struct settings_input {
    struct config *config;
    const struct setting *row;
    void *member; /* at row->offset of its owner */
    const struct settings_values *values;
    const char *text; /* the first of the values */
    bool is_wrong;    /* a text has been refused */

    struct settings *settings;
    size_t index; /* of the item */
};

/* A section while it is read. */
struct settings_group {
    const struct section *section;
    size_t count;                /* of its items, those to spare too; 1 without items */
    struct settings_mark *marks; /* of every row, for every item */
    struct place *begins;        /* of every item of a list */
    bool is_given;               /* a list: the file has it, perhaps empty */
};

/* A configuration while it is read. */
struct settings {
    struct config *config;
    struct pool *pool; /* what is only needed while reading */
    struct settings_group *groups;
    size_t group_count;
    struct names variables; /* of the environment that the file uses */
};

/* Fills ${config} (which is all zero except build, pool and file) with every default. The
 * list ${sections} ends with NULL. */
void settings_begin(struct settings *settings, struct config *config,
                    const struct section *const *sections);
void settings_end(struct settings *settings); /* the configuration stays */

/* Makes the items of a list section, at their defaults; once for each section. */
void settings_make(struct settings *settings, struct settings_group *group, size_t count);

/* The row of ${path}; NULL when there is none. */
const struct setting *settings_find(const struct settings *settings, const char *path);

/* The group of ${section}. */
struct settings_group *settings_group_of(const struct settings *settings,
                                         const struct section *section);

/*
 * All functions below name a setting by its row's path, which must be there, and ${index} is the
 * item's when the path has "*".
 */

/* Reads ${values} into the member. Every wrong value, also in a list, goes to config->mistakes, and
 * then the member keeps its value. */
void settings_set(struct settings *settings, const char *path, size_t index,
                  const struct settings_values *values);

/* As settings_set, for one value. */
void settings_set_one(struct settings *settings, const char *path, size_t index, const char *text,
                      struct place place);

/* What is known about the member, to read and to change. */
struct settings_mark *settings_mark(const struct settings *settings, const char *path,
                                    size_t index);

/* Reports a mistake of a value that is right by itself: its place, its path and the words. */
void settings_complain(struct settings *settings, const char *path, size_t index,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));

/* As settings_complain, about a value that can be used all the same: it goes to config->warnings.
 */
void settings_warn(struct settings *settings, const char *path, size_t index, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

/* For kinds: the value number ${which} is wrong. Reports its place, its path and the words. */
void settings_refuse(struct settings_input *input, size_t which, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As settings_refuse, but it shows the value before the words: "value": words. */
void settings_refuse_value(struct settings_input *input, size_t which, const char *words);

#endif
