/*
 * A JSON text that a service sent, with the index of its children. It is counted, so that it may
 * outlive the request that asked for it: a fetch holds a value, and so do the items of a run whose
 * answer contains it, and any code that keeps answers for later.
 *
 * While it is gathered it has one holder, and may move. After that it does not change. A value
 * belongs to the thread that made it: only that thread holds and releases it.
 */
#ifndef BFF_JSON_VALUE_H
#define BFF_JSON_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"
#include "bff/json/json.h"
#include "bff/json/json_scan.h"

struct value {
    struct text text; /* what has been gathered */
    struct json_slices slices;
    bool has_slices;

    /* value.c's own */
    unsigned references;
    size_t capacity;
    struct value *next; /* of those that are free for use */
};

/* An empty value with room for ${capacity} bytes or more, and one reference. */
struct value *value_new(size_t capacity);

/* The place after the text, for ${*len} more bytes. */
char *value_room(const struct value *value, size_t *len);

/*
 * Adds ${len} bytes. They may lie in the value's room already. Returns the value, which has moved
 * when it was too small. It has one reference only.
 */
struct value *value_add(struct value *value, const char *bytes, size_t len);

/* Takes the slices over from ${scan}, which has finished the text. */
void value_take_slices(struct value *value, struct json_scan *scan);

/* The value for reading. It is valid for as long as ${value} is held. */
struct json value_json(const struct value *value);

/* Adds one reference. Returns ${value}. */
struct value *value_hold(struct value *value);

/* Drops one reference. The last one frees ${value}. NULL: nothing. */
void value_release(struct value *value);

#endif
