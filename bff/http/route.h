/*
 * The routes of composites. The raw path is split at each literal '/'. Then each segment is decoded
 * once and compared. So "%2F" never separates segments. The path that libh2o normalises is never
 * used, because libh2o decodes "%2F" before it resolves the segments "." and "..".
 */
#ifndef BFF_HTTP_ROUTE_H
#define BFF_HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

#define ROUTE_SEGMENTS_MAX 32
#define ROUTE_SEGMENT_BYTES 256 /* the most bytes of a decoded parameter */

/* A row of the table, for example "GET" for the segments "api", "products", ":id". A row for GET is
 * for HEAD, too. */
struct route {
    struct text method;
    const struct text *segments; /* a segment that begins with ':' is a parameter */
    size_t segment_count;
    const void *target;
};

enum route_result {
    ROUTE_FOUND,
    ROUTE_BAD_PARAMETER, /* the value of a parameter is not allowed: see route_find */
    ROUTE_OTHER_METHOD,  /* the path is known, but not for this method */
    ROUTE_NONE,
};

struct route_match {
    const struct route *route;
    struct text params[ROUTE_SEGMENTS_MAX]; /* decoded, in the order of the path */
    struct text allow; /* with ROUTE_OTHER_METHOD: the methods of the path, "GET, HEAD" */
};

/*
 * Finds the row for ${method} and ${path} among ${count} rows. When two rows match, the row with
 * literal text wins over the row with a parameter, in the first segment in which they differ. A
 * parameter does not match an empty segment. The value of a parameter is bad if its
 * percent-encoding is invalid, or if the decoded value is not UTF-8, has a control byte, or is
 * longer than ROUTE_SEGMENT_BYTES. It is also bad if some reader of the decoded value finds a
 * segment "." or ".." in it (path_reading.h).
 */
enum route_result route_find(const struct route *routes, size_t count, struct pool *pool,
                             struct text method, struct text path, struct route_match *out);

/* True when one of the rows is for ${method}. */
bool route_has_method(const struct route *routes, size_t count, struct text method);

#endif
