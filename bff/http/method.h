/* The methods that this server passes on (RFC 9110 section 9, RFC 5789), and lists of methods. */
#ifndef BFF_HTTP_METHOD_H
#define BFF_HTTP_METHOD_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

/* All methods that this server knows, as the value of an Allow field. */
#define METHOD_ALL "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

/* True for a method in METHOD_ALL. Methods are case-sensitive. */
bool method_is_known(struct text method);

/* True when a request with ${method} may be sent again after a failure: for all methods except POST
 * and PATCH. */
bool method_is_idempotent(struct text method);

/* True when ${method} may change data: for all that are not safe (RFC 9110 section 9.2.1). */
bool method_may_change(struct text method);

/* True for GET and HEAD. */
bool method_is_read(struct text method);

/* True when a request with ${method} must have a Content-Length even if it has no body. */
bool method_has_body(struct text method);

/* True when a route for the method ${offered} also serves ${method}: both are the same, or
 * ${offered} is GET and ${method} is HEAD. */
bool method_is_taken(struct text offered, struct text method);

/* True when one of ${list}, ended by an absent text, takes requests with ${method}. NULL is a list
 * of all methods. */
bool method_is_among(const struct text *list, struct text method);

/*
 * Returns the methods of ${list}, and then the methods of ${more} that are not in ${list},
 * separated by ", ". Both arguments may be absent. The result is in ${pool}, or it is ${list} or
 * ${more} itself.
 */
struct text method_join(struct pool *pool, struct text list, struct text more);

/* Returns ${list} with ${method} added at its end. If ${method} is GET, HEAD is added after it. If
 * ${list} has ${method} already, returns ${list} itself. */
struct text method_add(struct pool *pool, struct text list, struct text method);

#endif
