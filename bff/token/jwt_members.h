/* Finds the members of a JSON object that the caller names, in one pass. */
#ifndef BFF_TOKEN_JWT_MEMBERS_H
#define BFF_TOKEN_JWT_MEMBERS_H

#include <stddef.h>

#include "bff/json/json.h"
#include "bff/base/pool.h"
#include "bff/base/text.h"

#define JWT_DEPTH_MAX 32 /* the deepest nesting in a header, in claims or in a JWK Set */

struct jwt_member {
    const char *name;
    struct json value; /* JSON_NONE: the object has no such member */
};

/*
 * Reads ${text}, which may be any bytes, as a JSON object. Returns 0; or -1 when it is not a JSON
 * object that strictly follows RFC 8259 and is nested no deeper than JWT_DEPTH_MAX.
 */
int jwt_object(struct text text, struct json *out);

/*
 * Fills the values of ${members} from ${object}. Names are decoded (in ${pool}) and then compared.
 * Returns 0; or -1 when one of ${members} occurs twice, because programs do not agree on which of
 * the two values counts.
 */
int jwt_members_read(struct json object, struct pool *pool, struct jwt_member *members,
                     size_t count);

/* Makes each member that is null absent. A member that occurs twice has been refused before. */
void jwt_members_drop_null(struct jwt_member *members, size_t count);

#endif
