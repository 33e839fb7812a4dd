/*
 * The normal spelling of a path (RFC 3986 section 6.2.2). In this spelling a path is compared with
 * plain routes and passed on, so that another spelling of a path cannot avoid the rules of the
 * path.
 */
#ifndef BFF_PROXY_PLAIN_PATH_H
#define BFF_PROXY_PLAIN_PATH_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

/*
 * Normalises ${path}, which is raw and begins with '/': dot segments are resolved (also when they
 * are written "%2e"), unreserved bytes are decoded, hexadecimal digits get capital letters.
 * Everything else stays as it is, above all "%2F". Returns -1 for a path that leads above the root
 * or is encoded wrongly. Returns -2 for a path in which another reader finds dot segments, such as
 * "..%2f" and "..;" (path_reading.h).
 */
int plain_path(struct pool *pool, struct text path, struct text *out);

#endif
