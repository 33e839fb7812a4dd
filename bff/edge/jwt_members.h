/* The members of an object that matter, found in one walk. */
#ifndef BFF_EDGE_JWT_MEMBERS_H
#define BFF_EDGE_JWT_MEMBERS_H

#include <stddef.h>

#include "bff/json/json.h"
#include "bff/base/pool.h"
#include "bff/base/text.h"

#define JWT_DEPTH_MAX 32 /* nesting of a header, of claims, of a key */

struct jwt_member {
    const char *name;
    struct json value; /* JSON_NONE: there is none */
};

/*
 * Reads ${text}, which may be anything, as a JSON object (RFC 8259 strictly, nested no deeper than
 * JWT_DEPTH_MAX). Returns -1 when it is none.
 */
int jwt_object(struct text text, struct json *out);

/*
 * Fills the values of ${members} from ${object}. Names are compared decoded (in ${pool}). Returns
 * -1 when one of them is there twice: readers do not agree on which of the two counts.
 */
int jwt_members_read(struct json object, struct pool *pool, struct jwt_member *members,
                     size_t count);

#endif
