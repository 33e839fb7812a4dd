/*
 * The description of settings, and the state of a configuration while it is read.
 *
 * A section of the file is a struct section: its rows, the kinds of values that only this section
 * has, and its checks. Each section has a file of its own (section_login.c), and section.c lists
 * all sections. Reading, defaults, --help and the names in messages use the rows. So a new setting
 * needs only a row in its section's file, and a member in the struct that the row fills.
 */
#ifndef BFF_CONFIG_SETTINGS_H
#define BFF_CONFIG_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

#include "bff/config/config.h"
#include "bff/yaml/names.h"

#define SETTINGS_LIST_MAX 64   /* the most values of one list */
#define SETTINGS_MEMBERS_MAX 4 /* the most members of an item that is a mapping */
#define SETTINGS_TEXTS_MAX ((size_t)SETTINGS_LIST_MAX * (SETTINGS_MEMBERS_MAX + 1))

/* How a mapping of names and values becomes texts. */
enum settings_pairs {
    SETTINGS_FIELDS, /* "name: value"; the names are those of header fields */
    SETTINGS_TEXTS,  /* "name\nvalue" */
    SETTINGS_JSON,   /* "name\nvalue"; the value is any YAML, written as JSON */
};

struct setting;
struct settings;
struct settings_input;

/*
 * How the texts of a setting are converted to the member of a struct. kind.h has the kinds that
 * many sections use.
 *
 *   read        reads all texts of ${input} and sets input->member. If a text is wrong, it
 *               calls settings_refuse and does not change the member
 *   is_list     the setting is a list of values; a single value is a list of one value
 *   is_mapping  the setting is a mapping of names and values; ${read} gets each pair as one
 *               text, in the form that ${pairs} says
 *   members     of a list: an item may be a mapping instead of a value, and these are the rows of
 *               its members ("services.*.endpoints.*.weight"); a row whose path is NULL ends them.
 *               ${read} gets such an item as several texts; see struct settings_values. NULL: every
 *               item is a value
 */
struct settings_kind {
    void (*read)(struct settings_input *input);
    bool is_list;
    bool is_mapping;
    enum settings_pairs pairs;
    const struct setting *members;
};

/*
 * A row: one setting. Initialisers of rows omit the names of the first columns: path, kind, offset,
 * least, most.
 *
 *   path         its place in the file; "*" replaces the name or the number of an item
 *   kind         the kind of its value
 *   offset       offset of the member in struct config, or in the struct of the section's items; in
 *                kind->members, in the struct of an item of that list
 *   least, most  bounds of a number, in the unit of the member
 *   normal       the default, as an operator would write it; NULL: no default, or not a fixed one
 *   shown        the default as --help shows it, if it is not ${normal}
 *   about        one line that explains the setting to people
 *   environment  the variable that wins over the file; NULL: none
 *   file_wins    the file wins over the variable
 *   may_be_unset a value "${NAME}" means no value if the variable is not set
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
    bool file_wins;
};

/*
 * The items of a section. "*" in a path means the name or the number of an item.
 *
 *   path   the path of the mapping or list with the items: "services"
 *   noun   the word for one item: "service"
 *   count  returns the number of items of ${config}
 *   at     returns the struct of an item, to which the offsets of the rows belong
 *   name   returns the name of an item; NULL: the items are a list, and have numbers
 *   rename  gives an item its name: the operator chooses the names, and the items are those of the
 *          file. Returns NULL, or words that say what is wrong with ${name}. NULL: the names are
 *          known before the file is read
 *   add    for names that are known before the file is read: adds an item that only the file names.
 *          Returns NULL, or words that say why ${name} cannot be one. ${spare} says how many can be
 *          added. NULL: the file adds none
 *   make   for a list, and with ${rename}: makes ${count} items, all zero, and room for those of
 *          ${spare}; called at most once
 *   spare  for a list: returns the most items that the section's check may add; with ${add}, those
 *          that the file may add; NULL: none
 *   most   for a list, and with ${rename}: the most items that are allowed in the file
 */
struct settings_items {
    const char *path;
    const char *noun;
    size_t (*count)(const struct config *config);
    void *(*at)(struct config *config, size_t index);
    const char *(*name)(const struct config *config, size_t index);
    const char *(*rename)(struct config *config, size_t index, struct text name);
    const char *(*add)(struct config *config, struct text name);
    void (*make)(struct config *config, size_t count);
    size_t (*spare)(const struct config *config);
    size_t most;
};

/*
 * A section. Every function may be NULL. The functions are called in this order, and each function
 * is called for all sections before the next function. The file is read after begin.
 *
 *   rows            the rows in the order of --help; a row whose path is NULL ends them
 *   items           the items that "*" in the paths means; NULL: no path has "*"
 *   begin           prepares the struct before the defaults of the rows are set, and sets the
 *                   defaults that depend on the build
 *   environment     reads the variables that have no row
 *   check           reports settings that contradict each other, and bad files; sets values that
 *                   depend on other settings. Not called if the file could not be read as a whole
 *   check_to_serve  more checks, only if the server will run or --check was given; it may require
 *                   secrets
 */
struct section {
    const struct setting *rows;
    const struct settings_items *items;
    void (*begin)(struct config *config, const struct bff_build *build);
    void (*environment)(struct settings *settings);
    void (*check)(struct settings *settings);
    void (*check_to_serve)(struct settings *settings);
};

/*
 * The values of one setting: at least one, and exactly one if its kind is not a list or mapping.
 *
 * An item of a list that is a mapping (kind->members) has a text for its beginning, which is empty
 * and has the row settings_item_begin, and then a text for each member, with the row of the member.
 * All other texts have no row.
 */
struct settings_values {
    const char *texts[SETTINGS_TEXTS_MAX];
    struct place places[SETTINGS_TEXTS_MAX];
    const struct setting *rows[SETTINGS_TEXTS_MAX];
    size_t items[SETTINGS_TEXTS_MAX]; /* with kind->members: the number of the item in the list */
    size_t count;
};

extern const struct setting settings_item_begin;

/* The state of one member while the configuration is read. */
struct settings_mark {
    struct place place;         /* where it was set last; without a source, it has its default */
    const struct place *places; /* the place of every value of a list; NULL: all are at ${place} */
    bool is_wrong;              /* a value was wrong, and has been reported */
    bool is_unset;              /* the file has a variable that is not set (may_be_unset) */
    bool is_open;               /* the file has a mapping in place of a value */
    bool is_empty;              /* and it has no settings */
    struct place seen;          /* where, with is_unset or is_open */
};

/* One setting while its texts are read. */
struct settings_input {
    struct config *config;
    const struct setting *row;
    void *member; /* at row->offset in the struct that the row fills */
    const struct settings_values *values;
    const char *text; /* the first of the values */
    bool is_wrong;    /* a text has been refused */

    struct settings *settings;
    size_t index; /* index of the item */

    const struct setting *list; /* for a row of kind->members: the row of the list; else NULL */
    size_t number;              /* and the number of the item in the list */
};

/* The state of a section while the configuration is read. */
struct settings_group {
    const struct section *section;
    size_t count;                /* number of its items, spare ones too; 1 if it has no items */
    struct settings_mark *marks; /* one mark for every row of every item */
    struct place *begins;        /* where every item of the file begins, also one that it adds */
    bool is_given;               /* for a list: the file has the list; it may be empty */
};

/* The state of a configuration while it is read. */
struct settings {
    struct config *config;
    struct pool *pool; /* memory that is only needed while reading */
    struct settings_group *groups;
    size_t group_count;
    struct names variables; /* the environment variables that the file uses */
};

/* Begins to read: sets all defaults in ${config}, which is all zero except build, pool and file.
 * The list ${sections} ends with NULL. */
void settings_begin(struct settings *settings, struct config *config,
                    const struct section *const *sections);
void settings_end(struct settings *settings); /* the configuration is not freed */

/* Makes ${count} items of a list, with the defaults of all sections that have rows for them. To be
 * called once for each list. ${is_given}: the file has the list. */
void settings_make(struct settings *settings, const struct settings_items *items, size_t count,
                   bool is_given);

/* Returns the row of ${path}; NULL if there is none. */
const struct setting *settings_find(const struct settings *settings, const char *path);

/* Returns the group of ${section}. */
struct settings_group *settings_group_of(const struct settings *settings,
                                         const struct section *section);

/*
 * For all functions below, ${path} is the path of a row, which must exist. If the path has "*",
 * ${index} is the index of the item.
 */

/* Reads ${values} into the member. Every wrong value, also in a list, is added to config->mistakes,
 * and then the member does not change. */
void settings_set(struct settings *settings, const char *path, size_t index,
                  const struct settings_values *values);

/* Does the same as settings_set for one value. */
void settings_set_one(struct settings *settings, const char *path, size_t index, const char *text,
                      struct place place);

/* Returns the mark of the member. The caller may change it. */
struct settings_mark *settings_mark(const struct settings *settings, const char *path,
                                    size_t index);

/* True when the value comes from the file, the environment or the command line. */
bool settings_is_given(const struct settings *settings, const char *path, size_t index);

/* Reports a value that is valid by itself but wrong together with other settings: its place, its
 * path and the words. */
void settings_complain(struct settings *settings, const char *path, size_t index,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same for a value that works, but was hardly meant: adds to config->warnings. */
void settings_warn(struct settings *settings, const char *path, size_t index, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

/* For kinds: reports that value number ${which} is wrong, with its place, its path and the
 * words. */
void settings_refuse(struct settings_input *input, size_t which, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* For kinds with members: true when value number ${which} is the first one of an item. */
bool settings_item_starts(const struct settings_values *values, size_t which);

/* For kinds with members: true when the item whose first value has number ${which} has the member
 * ${row}. Also true for an item that is no mapping. */
bool settings_item_has(const struct settings_values *values, size_t which,
                       const struct setting *row);

/* For kinds with members: reads value number ${which}, which has the row of a member, into the
 * struct ${item}. */
void settings_member_read(struct settings_input *input, size_t which, void *item);

/* For kinds with members: reports that the item of value number ${which} has no member ${row}. */
void settings_member_miss(struct settings_input *input, size_t which, const struct setting *row);

/* Does the same as settings_refuse, but also shows the value before the words: "value": words. No
 * secret is shown: the query of a URL is left out, and so is a value with '@'. */
void settings_refuse_value(struct settings_input *input, size_t which, const char *words);

#endif
