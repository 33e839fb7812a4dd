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

/* A computed member, which is put into an object. */
struct pick_added {
    struct text name, key;
    size_t field; /* for pick_fill.print */
};

struct pick {
    struct text name;     /* the name of the member; absent at the root */
    struct text key;      /* ",\"name\":" */
    bool is_list;         /* its value is an array, and the members below apply to each item */
    struct pick *members; /* the members to keep, in order */
    size_t member_count;
    struct pick_added *added; /* the members that follow them */
    size_t added_count;
    bool keeps_rest; /* all other bytes of the value stay as they are */
    size_t number;   /* of a list on the way to a computed member: its place in pick_fill.counts */
    size_t list_count; /* at the root: the lists that have a number */
};

/* True when the value is kept as a whole, without a change. */
static inline bool pick_is_leaf(const struct pick *pick)
{
    return pick->members == NULL && pick->added_count == 0;
}

/* Reads ${paths} and makes the tree in ${pool}. Returns NULL, and sets *wrong to a sentence, when
 * ${paths} is not valid, or when a path occurs twice or is the beginning of another path. */
struct pick *pick_read(struct pool *pool, const char *paths, const char **wrong);

/* A pick that keeps the whole value, byte for byte, except for what pick_add puts into it. */
struct pick *pick_whole(struct pool *pool);

/*
 * Puts a computed member into ${root}. ${path} begins below the root, and its last name is the name
 * of the member: "label", "items[].label". Returns NULL, or a sentence about what is wrong: the
 * path is not valid, .pick leaves out an object on the way, or there is already such a member. When
 * the root is a list, is_list must be set before.
 */
const char *pick_add(struct pool *pool, struct pick *root, struct text path, size_t field);

/* Prints computed members. */
struct pick_fill {
    /* The JSON text of a computed member of ${object}, valid until the answer has been sent.
     * ${place} is the number of objects before it that get the member, or could get it: items that
     * are no object count, too. */
    struct text (*print)(void *cookie, size_t field, struct json object, size_t place);
    void *cookie;
    size_t *counts; /* all 0 at first; root->list_count + 1 of them */
};

/* Where to write. */
struct pick_out {
    struct pieces *pieces;
    const struct pick_fill *fill; /* NULL: no computed members are added */
    size_t place;                 /* of the value, when it is an item of a list */
};

/* Adds an object with the members of ${value} that ${pick} keeps, in the order of the pick, and
 * then the computed members. When the pick keeps the rest, the computed members follow at the end
 * of the object, and a member that has the name of one gets its value. A value that is not an
 * object is added unchanged. */
void pick_object(const struct pick *pick, struct json value, struct pick_out *out);

/*
 * Adds the members that ${pick} keeps without the braces, and without computed members. A comma
 * comes before the first one if ${*has_any} is true. Sets ${*has_any} when it has added a member.
 * It adds nothing when ${value} is not an object.
 */
void pick_members(const struct pick *pick, struct json value, bool *has_any, struct pick_out *out);

/* Adds the array ${list}, with pick_object applied to each item. */
void pick_list(const struct pick *pick, struct json list, struct pick_out *out);

/* False when an item of ${list} is not an object. */
bool pick_list_fits(struct json list);

#endif
