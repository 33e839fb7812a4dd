/* A request, as the rules of the cache read it. */
#ifndef BFF_CACHE_CACHE_REQUEST_H
#define BFF_CACHE_CACHE_REQUEST_H

#include <stdbool.h>

#include "bff/base/text.h"

/*
 *   method    as the client sent it
 *   field     returns all values of a field (lower case) as one list, "a, b"; absent if there is
 * none cookie    the argument of ${field} has_user  the key has the user, or the request names one
 * (Authorization) has_body  the request has a body, or asks for another protocol: then the cache is
 * not used
 */
struct cache_request {
    struct text method;
    struct text (*field)(void *cookie, const char *name);
    void *cookie;
    bool has_user;
    bool has_body;
};

#endif
