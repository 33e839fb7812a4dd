/* Finds the members of a JSON object that the caller names, in one pass. */
#ifndef BFF_EDGE_JWT_MEMBERS_H
#define BFF_EDGE_JWT_MEMBERS_H

#include <stddef.h>

#include "bff/json/json.h"
#include "bff/base/pool.h"
#include "bff/base/text.h"

#define JWT_DEPTH_MAX 32 /* nesting of a header, of claims or of a key */

struct jwt_member {
    const char *name;
    struct json value; /* JSON_NONE: the object has no such member */
};

/*
 * Reads ${text}, which can be any bytes, as a JSON object (strictly RFC 8259, nested no deeper than
 * JWT_DEPTH_MAX). Returns 0, or -1 when it is not such an object.
 */
int jwt_object(struct text text, struct json *out);

/*
 * Fills the values of ${members} from ${object}. Names are compared in decoded form (in ${pool}).
 * Returns 0; or -1 when a member occurs twice, since programs do not agree on which of the two
 * counts.
 */
int jwt_members_read(struct json object, struct pool *pool, struct jwt_member *members,
                     size_t count);

/* Makes each member that is null absent. A member that occurs twice has been refused before. */
void jwt_members_drop_null(struct jwt_member *members, size_t count);

#endif
