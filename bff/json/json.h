/*
 * Reads JSON that the scanner (json_scan.h) has accepted. A value is a slice of the text and is
 * passed by value. Nothing is copied or allocated, except to decode a string with escapes. No
 * function fails: an absent value is JSON_NONE, and all functions accept JSON_NONE, too.
 *
 *     struct json order = ...;
 *     json_each (item, json_get(order, "items"))
 *         json_double(json_get(item, "price"), &price);
 *
 * The library yajl only decodes strings with escapes. It does not read values: to read one member,
 * yajl would build a tree of the whole text, and that takes longer than all other work for a
 * response.
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

/* A value: its bytes in the text, without white space around them. If at == NULL, it is
 * JSON_NONE. */
struct json {
    const char *at;
    size_t len;
    const struct json_slices *slices; /* the slices of the children of the root; or NULL */
    const char *base;                 /* the offsets of the slices count from here */
};

/* Returns the value in ${text}, which must be valid JSON with white space around it. */
struct json json_of(struct text text);

/* Does the same as json_of for a text that ${scan} has scanned to its end. The children of the
 * value are found with the slices of ${scan}. So ${scan} must live as long as the value. */
struct json json_scanned(struct text text, const struct json_scan *scan);

/* Returns the kind of ${value}. */
enum json_kind json_kind(struct json value);
static inline bool json_is(struct json value, enum json_kind kind)
{
    return json_kind(value) == kind;
}

/* Returns the bytes of ${value} as the service wrote them. */
static inline struct text json_raw(struct json value) { return (struct text){value.at, value.len}; }

/* Returns the value of the member ${name} of an object. If there are several such members, the last
 * one counts, as in JavaScript. Names are decoded before they are compared: "\u0069d" is "id". */
struct json json_get(struct json object, const char *name);

/* Does json_get for each name of a dotted path: "address.city". */
struct json json_path(struct json object, const char *path);

/* Returns the number of items of an array; 0 for any other value. */
size_t json_length(struct json array);

/* Returns the item of an array that has ${place} items before it. JSON_NONE when there is no such
 * item. */
struct json json_item(struct json array, size_t place);

/* Reads a number as JavaScript does: 1e400 is infinite. Returns false if the value is not a
 * number. */
bool json_double(struct json value, double *out);

/*
 * Returns a decoded string, or a number as it is written; an absent text for any other kind. A
 * string without escapes is returned as a slice of the text; a string with escapes is decoded into
 * ${pool}.
 */
struct text json_text(struct json value, struct pool *pool);

/* A walk through the items of an array or the members of an object. */
struct json_walk {
    struct json of;
    size_t next;     /* the next slice, or the offset of the next child */
    struct text key; /* the key of the last member, as it is written, without quotes */
};

/* Begins a walk. A value that is not a container has no children. */
struct json_walk json_walk(struct json container);

/* Writes the next child to ${child}. Returns false after the last one. */
bool json_walk_next(struct json_walk *walk, struct json *child);

/* True when ${key} means ${name}. ${key} is as it is written (it may have escapes), without
 * quotes. */
bool json_key_is(struct text key, const char *name);

/* Returns ${key} without its escapes. It is the key of a walk. */
struct text json_key_text(struct text key, struct pool *pool);

/* json_each (item, array): a loop over the items of an array, or the values of the members of an
 * object. */
#define json_each(item, container)                                                                 \
    for (struct json_walk item##_walk = json_walk(container), *item##_on = &item##_walk;           \
         item##_on != NULL; item##_on = NULL)                                                      \
        for (struct json item; json_walk_next(item##_on, &item);)

#endif
