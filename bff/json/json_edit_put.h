/* What json_edit.c writes. Private to json_edit*.c. */
#ifndef BFF_JSON_JSON_EDIT_PUT_H
#define BFF_JSON_JSON_EDIT_PUT_H

#include "bff/json/json_edit.h"

/* Returns the innermost frame; NULL: the root is next, or passes as a whole. */
static inline struct json_edit_frame *json_edit_put_frame(struct json_edit *edit)
{
    return edit->depth == 0 ? NULL : &edit->frames[edit->depth - 1];
}

/* Writes ${bytes}, which are collected until there is no room for more. */
void json_edit_put(struct json_edit *edit, struct text bytes);

/* Passes on what has been collected. */
void json_edit_put_flush(struct json_edit *edit);

/* Writes the bytes of a value or name, unless it is left out. */
void json_edit_put_kept(struct json_edit *edit, const char *from, const char *to);

/* Writes the comma before a child of the frame, unless it is the first one. */
void json_edit_put_comma(struct json_edit *edit);

/* Writes what stands before a value that stays: a comma and its name. */
void json_edit_put_before(struct json_edit *edit);

/* Writes the member that the rule of ${node} sets. */
void json_edit_put_set(struct json_edit *edit, const struct json_edit_node *node);

#endif
