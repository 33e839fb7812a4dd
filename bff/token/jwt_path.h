/*
 * Finds a claim by its path. "role" is a member of the object; "realm_access.roles" is the member
 * "roles" of the member "realm_access". The name of a member may have dots itself, as in
 * "https://shop.example/roles". So the longest name that the object has is taken, and the rest of
 * the path is looked for in its value.
 */
#ifndef BFF_TOKEN_JWT_PATH_H
#define BFF_TOKEN_JWT_PATH_H

#include "bff/base/pool.h"
#include "bff/json/json.h"

#define JWT_PATH_MAX 256 /* bytes of a path */

/*
 * Writes the value at ${path} to ${*out}: JSON_NONE when there is none, or when it is null. Names
 * are compared in decoded form (in ${pool}). Returns 0; or -1 when a member on the way occurs
 * twice, or is neither an object nor null.
 */
int jwt_path_read(struct json object, const char *path, struct pool *pool, struct json *out);

#endif
