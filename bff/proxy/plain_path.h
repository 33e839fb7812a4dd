/*
 * The normal spelling of a path (RFC 3986 section 6.2.2). The server normalises a path before it
 * compares the path with plain routes and before it passes the path on. So a client cannot avoid
 * the rules of a path by another spelling.
 */
#ifndef BFF_PROXY_PLAIN_PATH_H
#define BFF_PROXY_PLAIN_PATH_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

/*
 * Normalises ${path}, which is raw and begins with '/': dot segments are resolved (also when they
 * are written "%2e"), unreserved bytes are decoded, hexadecimal digits get capital letters.
 * Everything else does not change; "%2F", especially, stays encoded. Returns 0; or -1 when the path
 * leads above the root or is not encoded correctly; or -2 when another reader finds dot segments in
 * it, as in "..%2f" and "..;" (path_reading.h).
 */
int plain_path(struct pool *pool, struct text path, struct text *out);

#endif
