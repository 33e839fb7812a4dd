/*
 * Finding what a path means. The raw path is split on literal '/', and each segment is decoded once
 * and compared: "%2F" is never a separator, and what libh2o normalises is never used (it decodes
 * "%2F" before it resolves dots).
 */
#ifndef BFF_HTTP_ROUTE_H
#define BFF_HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

#define ROUTE_SEGMENTS_MAX 32
#define ROUTE_SEGMENT_BYTES 256 /* the most that a parameter decodes to */

/* A row of the table: "GET" on "api", "products", ":id". GET takes HEAD with it. */
struct route {
    struct text method;
    const struct text *segments; /* one that begins with ':' is a parameter */
    size_t segment_count;
    const void *target;
};

enum route_result {
    ROUTE_FOUND,
    ROUTE_BAD_PARAMETER, /* one that may not be: see below */
    ROUTE_OTHER_METHOD,  /* the path is known, not with this method */
    ROUTE_NONE,
};

struct route_match {
    const struct route *route;
    struct text params[ROUTE_SEGMENTS_MAX]; /* decoded, in the order of the path */
    struct text allow; /* "GET, HEAD": with ROUTE_OTHER_METHOD, the methods of the path */
};

/*
 * Looks ${method} and ${path} up among ${count} rows; where two rows fit, the one that has literal
 * text where the other has a parameter is taken. A parameter is never empty. One that decodes to
 * "." or "..", is not UTF-8, holds a control byte, is over ROUTE_SEGMENT_BYTES or is wrongly
 * encoded is bad.
 */
enum route_result route_find(const struct route *routes, size_t count, struct pool *pool,
                             struct text method, struct text path, struct route_match *out);

#endif
