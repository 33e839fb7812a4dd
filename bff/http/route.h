/*
 * The routes of composites. The raw path is split at literal '/'. Then each segment is decoded once
 * and compared. So "%2F" never separates segments. The path that libh2o normalises is never used,
 * because libh2o decodes "%2F" before it resolves dots.
 */
#ifndef BFF_HTTP_ROUTE_H
#define BFF_HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

#define ROUTE_SEGMENTS_MAX 32
#define ROUTE_SEGMENT_BYTES 256 /* the most that a parameter decodes to */

/* A row of the table: "GET" on "api", "products", ":id". A row for GET is for HEAD, too. */
struct route {
    struct text method;
    const struct text *segments; /* a segment that begins with ':' is a parameter */
    size_t segment_count;
    const void *target;
};

enum route_result {
    ROUTE_FOUND,
    ROUTE_BAD_PARAMETER, /* a value that is not allowed: see below */
    ROUTE_OTHER_METHOD,  /* the path is known, but not with this method */
    ROUTE_NONE,
};

struct route_match {
    const struct route *route;
    struct text params[ROUTE_SEGMENTS_MAX]; /* decoded, in the order of the path */
    struct text allow; /* with ROUTE_OTHER_METHOD: the methods of the path, "GET, HEAD" */
};

/*
 * Finds the row for ${method} and ${path} among ${count} rows. When two rows match, the row with
 * literal text wins over the row with a parameter, in the first segment in which they differ. An
 * empty segment is no parameter. A parameter is bad when it decodes to "." or "..", is not UTF-8,
 * holds a control byte, is longer than ROUTE_SEGMENT_BYTES or is encoded wrongly.
 */
enum route_result route_find(const struct route *routes, size_t count, struct pool *pool,
                             struct text method, struct text path, struct route_match *out);

/* True when one of the rows is for ${method}. */
bool route_has_method(const struct route *routes, size_t count, struct text method);

#endif
