/*
 * A build: the program of one frontend, its default routes and rate limits. For files of frontend
 * teams, which include compose.h.
 */
#ifndef BFF_COMPOSE_COMPOSE_BUILD_H
#define BFF_COMPOSE_COMPOSE_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/compose/mocks.h"
#include "bff/upstream/service.h"

struct bff_composite;

/*
 * A default plain route of a build. When no composite matches a request, a plain route passes the
 * request directly to a service. The texts have the same form as in a configuration file.
 *
 *   path     the path of the requests: "/api/users/" (a prefix) or "/api/users" (exactly this path)
 *   service  the name of the service that gets the requests; the row is ignored when the build has
 *            no such service
 *   to       replaces ${path} in the target of the request to the service; NULL: the path does not
 *            change
 *   access   "public", "signed-in", "role:NAME", "scope:NAME" or "key"; NULL: "signed-in"
 *   cache_s  its answers are stored for so many seconds, for the same user, unless the service says
 *            another time in Cache-Control; 0: they are not stored
 *   shared_in_mock  with --mock, all users share the stored answers
 *   response_header  "Name: value": its answers get this header field; NULL: none
 */
struct bff_route {
    const char *path;
    const char *service;
    const char *to;
    const char *access;
    unsigned cache_s;
    bool shared_in_mock;
    const char *response_header;
};

/*
 * A default rate limit of a build. The texts have the same form as in a configuration file.
 *
 *   name    "api": letters, digits, '-' and '_'
 *   path    the path of the requests that it counts, as in struct bff_route
 *   key     what has its own count: "ip", "user", "route" or "header:NAME"; NULL: "ip"
 *   window  "15m"
 *   max     the requests that are allowed in a window
 */
struct bff_rate_limit {
    const char *name;
    const char *path;
    const char *key;
    const char *window;
    unsigned max;
};

/*
 * A JSON Schema file of clients/. The program has its text, so it reads no file.
 *
 *   name   "users.schema.json"
 *   bytes  the text
 *   len    how many bytes it has
 */
struct bff_schema {
    const char *name;
    const char *bytes;
    size_t len;
};

/* Tables with their counts, as for a composite. */
struct bff_schemas {
    const struct bff_schema *rows;
    size_t count;
};

struct bff_composites {
    const struct bff_composite *const *rows;
    size_t count;
};

struct bff_services {
    const struct bff_service *const *rows;
    size_t count;
};

struct bff_routes {
    const struct bff_route *rows;
    size_t count;
};

struct bff_rate_limits {
    const struct bff_rate_limit *rows;
    size_t count;
};

/*
 * A build: the program of one frontend.
 *
 *   name        "web" for the program bff-web
 *   port        the port to listen on, unless the configuration says otherwise
 *   composites  its composites: BFF_TABLE(composites)
 *   services    the table of services; --help and /health show them in this order
 *   routes      the plain routes when the configuration has none; NULL: none
 *   rate_limits  the rate limits when the configuration has none; NULL: none. With --mock they
 *               refuse nothing
 *   admin_role  users with this role pass BFF_OWNER like the owner; NULL: there is no such role
 *   schemas     the JSON Schema files that columns .shape name; NULL: none
 *   mocks       the mock services that --mock starts; NULL: none, and --mock is refused
 */
struct bff_build {
    const char *name;
    unsigned port;
    struct bff_composites composites;
    const struct bff_services *services;
    const struct bff_routes *routes;
    const struct bff_rate_limits *rate_limits;
    const char *admin_role;
    const struct bff_schemas *schemas;
    const struct bff_mocks *mocks;
};

/* Runs the whole program: reads the configuration and the command line, serves until the end, and
 * returns the exit status. To be called by main. */
int bff_main(int argc, char **argv, const struct bff_build *build);

#endif
