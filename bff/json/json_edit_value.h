/* The states of json_edit.c, and the values in it that pass as a whole or are left out. Private to
 * json_edit*.c. */
#ifndef BFF_JSON_JSON_EDIT_VALUE_H
#define BFF_JSON_JSON_EDIT_VALUE_H

#include "bff/json/json_edit.h"

enum json_edit_state {
    JSON_EDIT_VALUE,  /* before a value */
    JSON_EDIT_SCALAR, /* in a number or literal that passes as a whole, or is left out */
    JSON_EDIT_STRING, /* in a string, likewise */
    JSON_EDIT_NESTED, /* in an object or array, likewise */
    JSON_EDIT_AFTER,  /* after a value in a frame */
    JSON_EDIT_MEMBER, /* in an object: before a name or the end */
    JSON_EDIT_KEY,    /* in a name, which is collected */
    JSON_EDIT_LONG,   /* in a name that is too long for every rule */
    JSON_EDIT_COLON,  /* after a name */
    JSON_EDIT_ITEM,   /* in an array: before an item or the end */
    JSON_EDIT_OVER,   /* after the root */
};

/* Begins such a value, whose first byte is at ${at}. Returns the next byte. */
const char *json_edit_value_begin(struct json_edit *edit, const char *at);

/* The value before ${at} is over. Returns ${at}. */
const char *json_edit_value_over(struct json_edit *edit, const char *at);

/* Returns the byte after the string, or NULL when the string goes on after ${end}. ${at} is inside
 * of it. */
const char *json_edit_value_string_end(struct json_edit *edit, const char *at, const char *end);

/* Three states, as json_edit.c describes them. */
const char *json_edit_value_scalar(struct json_edit *edit, const char *at, const char *end);
const char *json_edit_value_string(struct json_edit *edit, const char *at, const char *end);
const char *json_edit_value_nested(struct json_edit *edit, const char *at, const char *end);

#endif
