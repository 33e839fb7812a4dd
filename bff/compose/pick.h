/*
 * Picks members from an object: "id name address.city items[].price". At start the text is read
 * into a tree. When the tree is applied to a value, the output consists of the service's own bytes,
 * with our punctuation between them.
 *
 * A dotted path keeps the nesting: "address.city" gives {"address":{"city":...}}. "items[]."
 * applies to each item of an array. A member that is absent is left out. When a member does not
 * have the kind that the path needs ("address.city" needs an object, but the service sent a
 * number), it is written unchanged. When a name occurs twice, the last member counts, as in
 * JavaScript. A name must not contain a comma: so the mistake "id, name" is found, which would
 * otherwise pick a member with the name "id,".
 */
#ifndef BFF_COMPOSE_PICK_H
#define BFF_COMPOSE_PICK_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/json/json.h"
#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/pieces.h"

#define PICK_MEMBERS_MAX 64 /* at one level */

struct pick {
    struct text name;     /* the name of the member; absent at the root */
    struct text key;      /* ",\"name\":" */
    bool is_list;         /* its value is an array, and the members below apply to each item */
    struct pick *members; /* the members to keep, in order; NULL: the whole value */
    size_t member_count;
};

/* Reads ${paths} and makes the tree in ${pool}. Returns NULL, and sets *wrong to a sentence, when
 * ${paths} is not valid, or when a path occurs twice or is the beginning of another path. */
const struct pick *pick_read(struct pool *pool, const char *paths, const char **wrong);

/* Adds an object with the members of ${value} that ${pick} keeps, in the order of the pick. A value
 * that is not an object is added unchanged. */
void pick_object(const struct pick *pick, struct json value, struct pieces *out);

/*
 * Adds the same members without the braces. ${*has_any} says whether other members come before
 * them, so that a comma is needed; it is set to true when a member was added. Adds nothing when
 * ${value} is not an object.
 */
void pick_members(const struct pick *pick, struct json value, bool *has_any, struct pieces *out);

/* Adds the array ${list}, with pick_object applied to each item. */
void pick_list(const struct pick *pick, struct json list, struct pieces *out);

/* False when an item of ${list} is not an object. */
bool pick_list_fits(struct json list);

#endif
