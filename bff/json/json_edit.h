/*
 * Changes a JSON text while it passes, by the rules of json_edit_rules.h. It gets the text in
 * pieces, in whatever way it is cut, and passes the result on in pieces. Its memory does not grow
 * with the text. The scanner (json_scan.h) checks every byte before the byte has an effect.
 *
 * What no rule names stays as it is, byte by byte: numbers, escapes, the order of members, and the
 * white space inside. Objects and arrays that rules reach into are written without white space
 * between their members. Names are decoded before they are compared, so "\u0061" is "a". A rule
 * applies to each member of its name, when an object has several. Where the value is not of the
 * kind that a path expects, nothing is changed; but JSON_EDIT_ALLOW leaves it out, unless it is
 * null.
 *
 * A member that is set takes the place of the first member of its name, or is added at the end of
 * the object. Objects and arrays are not made for it.
 */
#ifndef BFF_JSON_JSON_EDIT_H
#define BFF_JSON_JSON_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/json/json_edit_rules.h"
#include "bff/json/json_scan.h"

/* Bytes of the longest spelling of a name: six for each byte (an escape), and the quotes. */
#define JSON_EDIT_KEY_MOST (6 * JSON_EDIT_NAME_MAX + 2)
#define JSON_EDIT_ROOM 4096 /* bytes that are passed on together */

/* An object or array that rules reach into. */
struct json_edit_frame {
    const struct json_edit_node *node;
    bool is_object;
    bool filters; /* only what is allowed stays */
    bool has_any; /* something has been written into it */
    uint64_t set; /* the members that have been set, by their numbers */
};

struct json_edit {
    const struct json_edit_rules *rules;
    void (*out)(void *cookie, struct text bytes);
    void *cookie;
    struct json_scan scan;
    bool is_empty;  /* no byte has come */
    bool is_broken; /* it is no JSON, or the root is of a kind that the rules cannot filter */

    int state;
    const struct json_edit_node *node; /* of the next value; NULL: no rule is about it */
    bool filters;                      /* of the next value */
    bool is_dropped;                   /* the next or the present value, or its name, is left out */
    bool is_escaped;                   /* in a string, after a backslash */
    bool in_string;                    /* in a value that passes as a whole */
    size_t open;                       /* and how many of its objects and arrays are open */
    size_t depth;                      /* number of frames */
    struct json_edit_frame frames[JSON_EDIT_STEPS_MAX + 1];

    size_t key_most; /* a longer key has no name of a rule */
    size_t key_len;  /* bytes of ${key}; 0: the key has been written, or there is none */
    char key[JSON_EDIT_KEY_MOST]; /* as written, with quotes */

    size_t held;                     /* bytes in ${block} */
    char block[1 + JSON_SCAN_BLOCK]; /* the last byte before, and the beginning of a block */
    size_t room_len;
    char room[JSON_EDIT_ROOM];
};

/* Begins. ${depth_max} is at most JSON_DEPTH_MAX. ${rules} must live as long as ${edit}. ${out}
 * gets the result; its bytes are borrowed during the call. */
void json_edit_init(struct json_edit *edit, const struct json_edit_rules *rules, unsigned depth_max,
                    void (*out)(void *cookie, struct text bytes), void *cookie);

/* Adds ${bytes}. Up to JSON_SCAN_BLOCK bytes wait for the next call. Returns 0; or -1 when the text
 * is broken: then what was passed on must not be used, and all later calls return -1. */
int json_edit_more(struct json_edit *edit, struct text bytes);

/* Ends the text and passes the rest on. Returns -1 if the text was not exactly one value. */
int json_edit_end(struct json_edit *edit);

#endif
