/*
 * A plain route: what no composite claims is passed straight to a service. The table comes from the
 * configuration and is constant while the server runs.
 */
#ifndef BFF_PROXY_PLAIN_ROUTE_H
#define BFF_PROXY_PLAIN_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/edge/access.h"
#include "bff/upstream/service.h"

/* A field set on what is passed on; an absent value removes the field instead. */
struct plain_field {
    struct text name; /* lower case */
    struct text value;
};

struct plain_fields {
    struct plain_field *rows;
    size_t count;
};

/*
 *   path          "/api/users/" (ends with '/': a prefix) or "/api/users" (exactly that)
 *   to            takes the place of ${path} in the target, as a URI on nginx's proxy_pass does;
 *                 absent: the target stays as it is
 *   service       who is asked
 *   methods       those that are passed on, ended by absent text; NULL: all that the server knows
 *   host          only requests for this host (no port, lower case); absent: any
 *   header        only requests with this field, and this value if one is given; absent name: any
 *   access        who may
 *   request       fields set or removed on the way to the service
 *   response      fields set or removed on the way back
 *   body_limit    of a request, bytes
 *   first_byte_ms 0: the service's own
 *   idle_ms       the longest silence of the service within an answer, or of both sides of a tunnel
 *   keeps_host    Host is the client's, not the endpoint's
 *   may_upgrade   WebSocket is tunnelled
 */
struct plain_route {
    struct text path;
    struct text to;
    const struct bff_service *service;
    struct text *methods;
    struct text host;
    struct plain_field header;
    struct access_rule access;
    struct plain_fields request;
    struct plain_fields response;
    size_t body_limit;
    uint32_t first_byte_ms;
    uint32_t idle_ms;
    bool keeps_host;
    bool may_upgrade;
};

#define PLAIN_BODY_LIMIT ((size_t)1024 * 1024)
#define PLAIN_IDLE_MS 60000

struct plain_routes {
    struct plain_route *rows;
    size_t count;
};

/* What is looked for. */
struct plain_question {
    struct text method;
    struct text path;                                      /* normalised by plain_path */
    struct text host;                                      /* without port */
    struct text (*header)(void *cookie, struct text name); /* lower case; absent: not there */
    void *cookie;
};

enum plain_result {
    PLAIN_FOUND,
    PLAIN_OTHER_METHOD, /* the path is known, not with this method */
    PLAIN_NONE,
};

/*
 * Finds the route for ${question}: an exact path beats every prefix, the longer prefix the shorter;
 * among equals the first whose conditions hold. With PLAIN_OTHER_METHOD ${*allow} gets the methods
 * of the path, "GET, PUT".
 */
enum plain_result plain_route_find(const struct plain_routes *routes,
                                   const struct plain_question *question, struct pool *pool,
                                   const struct plain_route **found, struct text *allow);

/*
 * ${path} (raw, beginning with '/') as it is matched and passed on: dot segments resolved (those
 * written "%2e" too), unreserved bytes decoded, hexadecimal digits in upper case; everything else,
 * "%2F" above all, stays as it is (RFC 3986 section 6.2.2). So no spelling of a path escapes the
 * rule of another. Returns -1 for a path that leads above the root or is wrongly encoded.
 */
int plain_path(struct pool *pool, struct text path, struct text *out);

/* The target to ask the service for: ${path} with route->path replaced by route->to, and
 * "?query" when there is one. */
struct text plain_target(struct pool *pool, const struct plain_route *route, struct text path,
                         struct text query);

#endif
