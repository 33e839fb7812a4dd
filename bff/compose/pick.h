/*
 * Picking members: "id name address.city items[].price". Read at boot into a tree; applied to a
 * value it yields the service's own bytes between punctuation of ours.
 *
 * A dotted path keeps the nesting: "address.city" gives {"address":{"city":...}}. "items[]." walks
 * the items of an array. A member that is absent is left out; one that is not of the kind that the
 * path needs (a number where "address.city" wants an object) goes through as it is. Of members with
 * one name the last counts, as in JavaScript. No name has a comma in it: in "id, name" it would be
 * a member "id," that no service has.
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
    struct text name;     /* the member's; absent at the root */
    struct text key;      /* ",\"name\":" */
    bool is_list;         /* its value is an array: what is below applies to each item */
    struct pick *members; /* what is kept below, in order; NULL: all of it */
    size_t member_count;
};

/* Reads ${paths} into ${pool}; NULL, and *wrong set to a sentence, when it cannot be read, or when
 * a path stands twice or is part of another. */
const struct pick *pick_read(struct pool *pool, const char *paths, const char **wrong);

/* Adds what ${pick} keeps of the object ${value}, in the order picked: with braces (pick_object),
 * or the members only (pick_members), whose first gets a comma before it if ${*has_any}, which is
 * set when there was one. A value that is no object: as it is, and nothing. */
void pick_object(const struct pick *pick, struct json value, struct pieces *out);
void pick_members(const struct pick *pick, struct json value, bool *has_any, struct pieces *out);

/* Adds the array ${list} with pick_object for each item. */
void pick_list(const struct pick *pick, struct json list, struct pieces *out);

/* False when some item of ${list} is no object. */
bool pick_list_fits(struct json list);

#endif
