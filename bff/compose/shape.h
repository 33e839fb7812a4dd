/*
 * The shape of a JSON value: of what kind it is, and which members and items it has. Shapes are
 * read from the JSON Schema files of clients/ when the program starts. They are used to check the
 * tables of composites, records and answers, and to describe the answers to others. No request
 * needs them.
 *
 * A shape is a part of JSON Schema 2020-12. Every keyword that is not in this list is a mistake:
 *
 *   $ref "#/$defs/NAME" or "FILE#/$defs/NAME", $defs at the root of a file, type (one, or a list),
 *   properties, required, additionalProperties, items, enum, const, anyOf; and the annotations
 *   $schema, $id, $comment, title, description, format, default, examples, deprecated
 *
 * Shapes do not change, and several shapes can share one. A shape of a $ref is the shape itself, so
 * shapes can have circles: a walk through a shape must stop at those that have a name.
 */
#ifndef BFF_COMPOSE_SHAPE_H
#define BFF_COMPOSE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/compose.h"
#include "bff/json/json.h"

struct pick;

/* The kinds of a value, as bits. */
enum shape_kind {
    SHAPE_NULL = 1,
    SHAPE_BOOL = 2,
    SHAPE_INTEGER = 4,
    SHAPE_NUMBER = 8, /* whole or not */
    SHAPE_TEXT = 16,
    SHAPE_LIST = 32,
    SHAPE_OBJECT = 64,
};

#define SHAPE_ANYTHING 127u /* all kinds */

/* Whether an object may have members that its shape does not name. */
enum shape_rest {
    SHAPE_REST_UNSAID, /* there is no additionalProperties. JSON Schema allows other members;
                          shape_check does not, because nobody knows of them */
    SHAPE_REST_NONE,   /* "additionalProperties": false */
    SHAPE_REST_ANY,    /* true, or a schema: shape->others */
};

struct shape_member {
    struct text name; /* without escapes */
    bool is_required;
    const struct shape *shape;
};

struct shape {
    unsigned kinds; /* which kinds are allowed: bits of enum shape_kind */

    struct text name;   /* "user" for #/$defs/user; absent for a shape that is not in $defs */
    struct text place;  /* "users.schema.json#/$defs/user"; absent for what shape_pick has made */
    struct text about;  /* of "description"; or absent */
    struct text format; /* of "format": "date-time"; or absent. It is not checked */

    const struct json *values; /* of enum and const: the values that are allowed */
    size_t value_count;        /* 0: all */

    struct shape_member *members; /* of an object, in the order of the file */
    size_t member_count;
    enum shape_rest rest;
    const struct shape *others; /* with SHAPE_REST_ANY: of the other members; NULL: anything */

    const struct shape *item; /* of a list; NULL: anything */

    const struct shape **any; /* of anyOf: the value fits one of them. ${kinds} has the kinds of
                                 all, and there are no members, items and values beside them */
    size_t any_count;
};

/* A value of any kind. */
extern const struct shape shape_anything;

/* The schema files of a build. */
struct shape_files;

/* Reads the schemas of ${build}, which has none when .schemas is NULL. Writes a line to ${errors}
 * for each mistake and adds their number to ${*wrong}. Never returns NULL. */
const struct shape_files *shape_files_read(struct pool *pool, const struct bff_build *build,
                                           FILE *errors, unsigned *wrong);

/*
 * Returns the shape of ${words}, which is the text of a column .shape:
 *
 *   "users.schema.json#/$defs/user"   a place in a file
 *   "text", "number", "integer", "boolean", "null", "object", "list", "any"   a kind
 *   "text|null"   one of several of these
 *   "text[]"      a list of them; [] belongs to the word before it
 *
 * Returns NULL when it is no such text, and then ${*wrong} is a sentence about it, in ${pool}.
 */
const struct shape *shape_find(const struct shape_files *files, struct pool *pool,
                               struct text words, const char **wrong);

/* Returns the kind of ${value}. A whole number is a SHAPE_NUMBER. 0: JSON_NONE. */
unsigned shape_kind_of(struct json value);

/* Makes shapes of others. */
struct shape *shape_new(struct pool *pool, unsigned kinds);
const struct shape *shape_list_of(struct pool *pool, const struct shape *item);
const struct shape *shape_either(struct pool *pool, const struct shape *a, const struct shape *b);

/* Adds a member to ${object}, which has fewer than ${capacity} members and is still being made. */
void shape_member_add(struct pool *pool, struct shape *object, size_t capacity,
                      struct shape_member member);

/* Returns the member ${name} of ${shape}; of a shape with anyOf, of the first that has one. NULL:
 * it names none. */
const struct shape_member *shape_member(const struct shape *shape, struct text name);

/* Writes the kinds to ${words}, for people: "a number or null". Returns ${words}. */
#define SHAPE_WORDS_SIZE 80
const char *shape_kinds_words(unsigned kinds, char words[SHAPE_WORDS_SIZE]);

/*
 * Returns the shape of what ${pick} keeps of a value of ${shape}: members are in the order of the
 * pick. With pick->is_list at the root, ${shape} is that of an item, too. ${added} has the shapes
 * of the computed members: added[i] is that of field i. ${pick} may be NULL: then it is ${shape}.
 * Returns NULL when the pick names what the shape does not have, and then ${*wrong} is a sentence
 * about it, in ${pool}.
 */
const struct shape *shape_pick(struct pool *pool, const struct shape *shape,
                               const struct pick *pick, const struct shape *const *added,
                               const char **wrong);

/* A check of a value: set ${pool}, ${tell} and ${cookie}. */
struct shape_check {
    struct pool *pool;
    /* Is called for each place that does not fit. ${path} is "user.address.city" or
     * "orders[3].total"; ${what} is "a number, not text", "missing" or "not in the shape". */
    void (*tell)(void *cookie, struct text path, struct text what);
    void *cookie;
    size_t compared; /* the values that were compared, those with faults included */
    size_t faults;   /* the calls of ${tell} */
};

/* Compares ${value} with ${shape}. ${name} is the beginning of all paths; it may be empty. Returns
 * true when everything fits. */
bool shape_check(struct shape_check *check, const struct shape *shape, struct json value,
                 struct text name);

#endif
