/*
 * A reference-counted JSON text from a service, with the index of its children. It can live longer
 * than the request for which it was fetched. These have references to a value: the fetch that made
 * it, the items of a run whose answer contains it, and code that keeps answers for later.
 *
 * While bytes are added to a value, it has only one reference, and it may move in memory. After
 * that the value does not change, and threads may share it: each thread that has a reference, or
 * that knows that somebody else keeps one, may add references and drop its own.
 */
#ifndef BFF_JSON_VALUE_H
#define BFF_JSON_VALUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"
#include "bff/json/json.h"
#include "bff/json/json_scan.h"

struct value {
    struct text text; /* the bytes that were added so far */
    struct json_slices slices;
    bool has_slices;

    /* only for value.c */
    atomic_uint references;
    size_t capacity;
    struct value *next; /* the next unused value in the list of value.c */
};

/* Makes an empty value with room for at least ${capacity} bytes, and with one reference. */
struct value *value_new(size_t capacity);

/* Returns the address after the text. ${*len} gets the number of bytes for which there is room. */
char *value_room(const struct value *value, size_t *len);

/*
 * Adds ${len} bytes. They may already be at the address that value_room returned. Returns the
 * value, which has moved in memory if it was too small. ${value} must have only one reference.
 */
struct value *value_add(struct value *value, const char *bytes, size_t len);

/* Moves the slices from ${scan} to ${value}. The scan of the text must have ended. */
void value_take_slices(struct value *value, struct json_scan *scan);

/* Returns the value for reading. It is valid as long as the caller has a reference to ${value}. */
struct json value_json(const struct value *value);

/* Returns the memory of ${value} in bytes. */
size_t value_bytes(const struct value *value);

/* Adds one reference. Returns ${value}. May be called in any thread. */
struct value *value_hold(struct value *value);

/* Drops one reference. If it was the last one, ${value} is freed. May be called in any thread. Does
 * nothing for NULL. */
void value_release(struct value *value);

#endif
