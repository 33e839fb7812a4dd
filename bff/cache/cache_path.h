/*
 * The spelling of a path by which invalidations find stored responses.
 *
 * A client may write "/users/a@b", and the call of a part "/users/a%40b". Both mean the same to a
 * service. So all visible ASCII is written as itself, except for "%", "/", "?" and "#", whose
 * escapes have another meaning. All other bytes are escapes with upper-case digits. What is no
 * escape stays as it is. Writing the result again changes nothing.
 */
#ifndef BFF_CACHE_CACHE_PATH_H
#define BFF_CACHE_CACHE_PATH_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

/* Writes ${path} to ${out}, which has room for path.len bytes. Returns the number of bytes. */
size_t cache_path_write(char *out, struct text path);

/* Returns ${path} in this spelling: itself, or a text in ${pool}. */
struct text cache_path(struct pool *pool, struct text path);

#endif
