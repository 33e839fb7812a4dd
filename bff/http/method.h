/* The methods that this server passes on (RFC 9110 section 9, RFC 5789), and lists of methods. */
#ifndef BFF_HTTP_METHOD_H
#define BFF_HTTP_METHOD_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

/* All methods, as the value of an Allow field. method_is_known takes exactly these. */
#define METHOD_ALL "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

/* True for a method in METHOD_ALL. Methods are case-sensitive. */
bool method_is_known(struct text method);

/* True when ${method} may be sent again after a failure: for all but POST and PATCH. */
bool method_is_idempotent(struct text method);

/* True when ${method} may change data: for all that are not safe (RFC 9110 section 9.2.1). */
bool method_may_change(struct text method);

/* True for GET and HEAD. */
bool method_is_read(struct text method);

/* True when a request with ${method} says its Content-Length even when it has no body. */
bool method_has_body(struct text method);

/* True when a route for the method ${offered} also serves ${method}: both are the same, or
 * ${offered} is GET and ${method} is HEAD. */
bool method_is_taken(struct text offered, struct text method);

/*
 * The methods of ${list}, then those of ${more} that are not yet in it, separated by ", ". Either
 * may be absent. The result is made in ${pool}, or is one of the two.
 */
struct text method_join(struct pool *pool, struct text list, struct text more);

/* ${list} with ${method} added at its end, and HEAD after GET. When ${list} has ${method}, returns
 * ${list} itself. */
struct text method_add(struct pool *pool, struct text list, struct text method);

#endif
