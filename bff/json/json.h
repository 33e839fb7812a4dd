/*
 * Reading JSON that the scanner has vouched for. A value is a slice of the text: passed by value,
 * nothing is copied or allocated until a string with escapes is asked for. Nothing here fails: what
 * is absent or of another kind is JSON_NONE, which may be read further.
 *
 *     struct json order = ...;
 *     json_each (item, json_get(order, "items"))
 *         json_double(json_get(item, "price"), &price);
 *
 * Strings are decoded by yajl. Values are not: a yajl tree costs more than everything else that we
 * do with an answer, and would have to be built of all of it to read one member.
 */
#ifndef BFF_JSON_JSON_H
#define BFF_JSON_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/json/json_scan.h"
#include "bff/base/pool.h"
#include "bff/base/text.h"

enum json_kind {
    JSON_NONE, /* no such value */
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

/* One value: the bytes as written, without white space around. at == NULL is JSON_NONE. */
struct json {
    const char *at;
    size_t len;
    const struct json_slices *slices; /* of the root's children, or NULL */
    const char *base;                 /* what the slices' offsets count from */
};

/* The value in ${text}, which must be valid; white space around it is left out. */
struct json json_of(struct text text);

/* The same for a text that ${scan} has finished; its children are found by its slices, which must
 * live as long as the value. */
struct json json_scanned(struct text text, const struct json_scan *scan);

enum json_kind json_kind(struct json value);
static inline bool json_is(struct json value, enum json_kind kind)
{
    return json_kind(value) == kind;
}

/* The bytes as the service wrote them. */
static inline struct text json_raw(struct json value) { return (struct text){value.at, value.len}; }

/* The member ${name} of an object: the last of that name, as in JavaScript. Names are compared
 * decoded ("\u0069d" is "id"). */
struct json json_get(struct json object, const char *name);

/* json_get along a dotted path: "address.city". */
struct json json_path(struct json object, const char *path);

/* The number of items of an array; 0 for anything else. */
size_t json_length(struct json array);

/* The number as JavaScript reads it (1e400 is infinite). False when the value is no number. */
bool json_double(struct json value, double *out);

/* A string decoded, or a number's digits as written; absent text for any other kind. Without
 * escapes the text is the value's own bytes, else it is made in ${pool}. */
struct text json_text(struct json value, struct pool *pool);

/* Walks: the items of an array, or the members of an object (keys as written, without quotes). */
struct json_walk {
    struct json of;
    size_t next;     /* the slice, or the offset, to go on from */
    struct text key; /* of the member that json_walk_next gave last */
};

struct json_walk json_walk(struct json container);
bool json_walk_next(struct json_walk *walk, struct json *child);

/* True when a key as written, without quotes, means ${name}. */
bool json_key_is(struct text key, const char *name);

/* json_each (item, array): runs its body for each item of an array (or each member's value). */
#define json_each(item, container)                                                                 \
    for (struct json_walk item##_walk = json_walk(container), *item##_on = &item##_walk;           \
         item##_on != NULL; item##_on = NULL)                                                      \
        for (struct json item; json_walk_next(item##_on, &item);)

#endif
