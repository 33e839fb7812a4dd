/*
 * The roles of a user, as one text: "admin,staff". Services get the text as it is (X-User-Role), so
 * a role has no byte that a service might remove, decode or split at.
 */
#ifndef BFF_EDGE_LOGIN_ROLES_H
#define BFF_EDGE_LOGIN_ROLES_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/json/json.h"

#define LOGIN_CLAIM_MAX 256 /* bytes of a user's id, and of a role */

/* True when ${text} can be sent in a header, and every service reads it in the same way: it has
 * visible ASCII with spaces inside, and at most LOGIN_CLAIM_MAX bytes. It may be empty. */
bool login_roles_is_plain(struct text text);

/* True when ${role} can be the name of a role: it is plain, not empty, and has no comma. */
bool login_roles_is_one(struct text role);

/* True when ${role} is one of ${roles}, byte by byte. An absent or empty role is none of them. */
bool login_roles_have(struct text roles, struct text role);

/*
 * Reads ${claim}, a string or a list of strings, into ${*roles}, which lives in ${pool}. ${splits}:
 * a string is split at its spaces, and each word is a role; otherwise it is one role. Roles keep
 * their order; repeated and empty ones are dropped. JSON_NONE, "" and [] give an empty text.
 * Returns 0; or -1 for a value of another kind, and for a role that is not a valid name.
 */
int login_roles_read(struct json claim, bool splits, struct pool *pool, struct text *roles);

#endif
