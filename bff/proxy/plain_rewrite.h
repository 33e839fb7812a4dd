/*
 * Changes what a service says about its own addresses to what clients see: a service behind the
 * route /api/users/ with `to: /users/` sends "Location: /users/42" or "Location:
 * http://127.0.0.1:3000/users/42", and the client gets "/api/users/42". nginx does this by
 * proxy_redirect and proxy_cookie_path. All other values stay as they are.
 */
#ifndef BFF_PROXY_PLAIN_REWRITE_H
#define BFF_PROXY_PLAIN_REWRITE_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

/* A path of the service, and what takes its place. When they end with '/', they are prefixes. */
struct plain_rewrite_map {
    struct text to;   /* the service's: "/users/" */
    struct text path; /* the client's: "/api/users/" */
};

enum plain_rewrite_domain {
    PLAIN_REWRITE_DOMAIN_KEEP,
    PLAIN_REWRITE_DOMAIN_REMOVE,
    PLAIN_REWRITE_DOMAIN_SET,
};

/*
 *   locations  Location, Content-Location and Refresh are changed
 *   cookies    the Path of Set-Cookie is changed
 *   on_domain  what becomes of the Domain of Set-Cookie
 *   domain     with PLAIN_REWRITE_DOMAIN_SET: the new one
 *   own        the generation makes it: the route's own paths
 *   maps       the generation makes them: those of all routes to the service, the longest ${to}
 *              first. They are for what ${own} does not match
 *   origins    the generation makes them: the URLs of the service's endpoints, without path:
 *              "http://127.0.0.1:3000"
 */
struct plain_rewrite {
    bool locations;
    bool cookies;
    enum plain_rewrite_domain on_domain;
    struct text domain;
    struct plain_rewrite_map own;
    const struct plain_rewrite_map *maps;
    size_t map_count;
    const struct text *origins;
    size_t origin_count;
};

/* Returns what the client gets for ${value} of the response field ${name} (any case): ${value}
 * itself, or a new text in ${pool}. */
struct text plain_rewrite(const struct plain_rewrite *rewrite, struct pool *pool, struct text name,
                          struct text value);

#endif
