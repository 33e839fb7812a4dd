/*
 * The rules by which json_edit.h changes a JSON text, as a tree that has one node for each step of
 * their paths. They are made once, and do not change while texts are edited.
 *
 * A path names a member: "user.address.city". "[]" after a name, or at the beginning, means each
 * item of the array there: "items[].price", "[].id", "rows[][].name". A backslash takes the meaning
 * from the byte after it: "a\.b" is one name.
 */
#ifndef BFF_JSON_JSON_EDIT_RULES_H
#define BFF_JSON_JSON_EDIT_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

#define JSON_EDIT_NAME_MAX 128 /* bytes of a name in a path */
#define JSON_EDIT_STEPS_MAX 32 /* steps of a path */
#define JSON_EDIT_SET_MAX 64   /* members that are set in one object */

enum json_edit_action {
    JSON_EDIT_ALLOW,  /* only members that are allowed stay, with all that is in them */
    JSON_EDIT_DENY,   /* the member is left out */
    JSON_EDIT_RENAME, /* the member gets another name */
    JSON_EDIT_SET,    /* the member gets another value, or is added */
};

/* A member, or the items of an array. */
struct json_edit_node {
    struct text name;             /* decoded */
    struct json_edit_node *first; /* the members that rules name */
    struct json_edit_node *next;  /* the next member of the same object */
    struct json_edit_node *items; /* of an array; NULL: no rule names them */
    struct text path;             /* of the first rule that made the node, for messages */
    bool is_denied;
    bool is_allowed;       /* with all that is in it */
    bool leads_to_allowed; /* something in it is allowed */
    struct text renamed;   /* its new name as JSON, with quotes and a colon; or absent */
    struct text set;       /* its value as JSON; or absent */
    struct text set_key;   /* and its name as JSON, with quotes and a colon */
    unsigned set_place;    /* its number among those of the object */
    unsigned set_count;    /* of an object: how many of its members are set */
};

struct json_edit_rules {
    struct pool *pool; /* contains the rules and the words about mistakes */
    struct json_edit_node root;
    size_t longest; /* bytes of the longest name */
    size_t count;
};

/* Begins without a rule. */
void json_edit_rules_init(struct json_edit_rules *rules, struct pool *pool);

/*
 * Adds a rule for ${path}, which is copied. ${value} is only for some actions: the new name, not
 * encoded (JSON_EDIT_RENAME); or the value as JSON (JSON_EDIT_SET). Returns NULL, or words that say
 * what is wrong with the path, or with which earlier rule it is in conflict. The words are in the
 * pool.
 */
const char *json_edit_rules_add(struct json_edit_rules *rules, enum json_edit_action action,
                                struct text path, struct text value);

/* True when there are rules about the members of a text that begins with ${first}: '{' or '['. */
static inline bool json_edit_rules_reach(const struct json_edit_rules *rules, char first)
{
    return (first == '{' && rules->root.first != NULL) ||
           (first == '[' && rules->root.items != NULL);
}

/* Returns NULL; or words about a rule that can have no effect, because JSON_EDIT_ALLOW leaves out
 * what it would change. To be called after the last rule. */
const char *json_edit_rules_check(const struct json_edit_rules *rules);

#endif
