/*
 * A claim that is a string or a list of strings, as one text with ${separator} between the items:
 * roles and scopes. Items keep their order; repeated and empty ones are dropped.
 */
#ifndef BFF_EDGE_LOGIN_LIST_H
#define BFF_EDGE_LOGIN_LIST_H

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/json/json.h"

/* The items so far. */
struct login_list {
    char *bytes;
    size_t len;
    char separator;
};

/*
 * Reads ${claim} into ${*out}, which lives in ${pool}. ${take} is called for each string, and adds
 * its items by login_list_add; it returns 0, or -1 when the string is refused. JSON_NONE, "" and []
 * give an empty text. Returns 0; or -1 for a value of another kind, and when a string was refused.
 */
int login_list_read(struct json claim, char separator, struct pool *pool,
                    int (*take)(struct login_list *list, struct text string), struct text *out);

/* Adds ${item}, which is a part of the string that is being read and has no separator, unless it is
 * there or empty. */
void login_list_add(struct login_list *list, struct text item);

#endif
