/*
 * A plain route: requests that no composite answers are passed directly to a service. The table
 * comes from the configuration and is constant while a request uses it.
 */
#ifndef BFF_PROXY_PLAIN_ROUTE_H
#define BFF_PROXY_PLAIN_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/edge/access.h"
#include "bff/proxy/plain_path.h"
#include "bff/upstream/service.h"

/* A field that is set on the message that is passed on. An absent value removes the field. */
struct plain_field {
    struct text name; /* lower case */
    struct text value;
};

struct plain_fields {
    struct plain_field *rows;
    size_t count;
};

/*
 *   path          "/api/users/" (ends with '/': a prefix) or "/api/users" (exactly that path)
 *   to            replaces ${path} in the target, as a URI on nginx's proxy_pass does; absent: the
 *                 target stays as it is
 *   service       the service that gets the request
 *   methods       those that are passed on, ended by an absent text; NULL: all known ones
 *   host          only requests for this host (no port, lower case); absent: any host
 *   header        only requests with this field, and with this value if one is given; absent name:
 *                 any request
 *   access        who may ask
 *   request       fields that are set or removed on the way to the service
 *   response      fields that are set or removed on the way back
 *   body_limit    of the request, bytes
 *   first_byte_ms 0: the service's own limit
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

/* The request that a route is looked for. ${header} returns a field of the request, or an absent
 * text when there is none. */
struct plain_question {
    struct text method;
    struct text path;                                      /* normalised by plain_path */
    struct text host;                                      /* without port */
    struct text (*header)(void *cookie, struct text name); /* ${name} is in lower case */
    void *cookie;
};

enum plain_result {
    PLAIN_FOUND,
    PLAIN_OTHER_METHOD, /* the path is known, but not with this method */
    PLAIN_NONE,
};

/*
 * Finds the route for ${question}. An exact path takes precedence over every prefix, and a longer
 * prefix over a shorter one. Among equals, the first one whose conditions hold is taken. With
 * PLAIN_OTHER_METHOD, ${*allow} gets the methods of the path: "GET, PUT".
 */
enum plain_result plain_route_find(const struct plain_routes *routes,
                                   const struct plain_question *question, struct pool *pool,
                                   const struct plain_route **found, struct text *allow);

/* True when one of ${routes} passes ${method} on, whatever its conditions are. */
bool plain_route_has_method(const struct plain_routes *routes, struct text method);

/* True when ${fields} sets or removes the field ${name} (any case). */
bool plain_route_changes(const struct plain_fields *fields, struct text name);

/* The target of the request to the service: ${path} with route->path replaced by route->to, and
 * "?query" when there is one. */
struct text plain_route_target(struct pool *pool, const struct plain_route *route, struct text path,
                               struct text query);

#endif
