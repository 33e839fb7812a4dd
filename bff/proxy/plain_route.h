/*
 * A plain route passes requests directly to a service. It is used for requests that match no
 * composite. The table comes from the configuration and is constant while a request uses it.
 */
#ifndef BFF_PROXY_PLAIN_ROUTE_H
#define BFF_PROXY_PLAIN_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/cache/cache_rule.h"
#include "bff/edge/access.h"
#include "bff/edge/network_rule.h"
#include "bff/edge/security_settings.h"
#include "bff/proxy/plain_direct.h"
#include "bff/proxy/plain_field.h"
#include "bff/proxy/plain_mirror.h"
#include "bff/proxy/plain_path.h"
#include "bff/proxy/plain_rewrite.h"
#include "bff/proxy/plain_split.h"
#include "bff/proxy/plain_transform.h"
#include "bff/proxy/plain_upload.h"
#include "bff/upstream/service.h"

/* Conditions that do not belong to the head alone. Each row is a name, and perhaps a value. */
struct plain_match {
    struct plain_fields query; /* parameters, decoded */
    struct plain_fields cookie;
};

struct call_hedge_plan;
struct breaker;

/*
 *   path          "/api/users/" (with '/' at the end: a prefix) or "/api/users" (exactly this
 *                 path). It may have captures (plain_pattern.h); then transform.has_captures is set
 *   to            replaces ${path} in the target, like the URI of nginx's proxy_pass; absent: the
 *                 target does not change
 *   service       the service that gets the request; NULL: ${split} or ${direct} says what happens
 *   methods       the methods that are passed on, ended by an absent text; NULL: all known methods
 *   host          only requests for this host (lower case, see host.h); absent: any host
 *   header        only requests with this field, and with this value if one is given; absent name:
 *                 any request
 *   match         only requests with these parameters and cookies
 *   access        who may ask
 *   network       which networks may ask
 *   needs_certificate  only clients whose certificate was verified may ask
 *   security      which fields for browsers its answers have
 *   request       fields that are set or removed in the request to the service
 *   response      fields that are set or removed in the response to the client
 *   body_limit    the most bytes of a request's body
 *   upload        how a request's body goes to the service
 *   first_byte_ms the longest time until the first byte of the answer; 0: the service's own limit
 *   idle_ms       the longest silence of the service within an answer, or of both sides of a tunnel
 *   hedge_ms      when no answer has come after this time, the request is also sent to a second
 *                 endpoint; 0: it is not, unless ${hedges_p95} is set
 *   hedges_p95    the same, after the time within which 95 % of the route's requests are answered.
 *                 The server measures it
 *   has_breaker   the route has a circuit breaker of its own, with the settings of the service's
 *                 breaker
 *   cache         whether its responses are stored, and for how long
 *   keeps_host    the service gets the client's Host, not the endpoint's
 *   transform     what is changed in requests and answers, beside header fields
 *   may_upgrade   WebSocket connections are allowed, through a tunnel
 *   split         several services, of which each request gets one
 *   mirror        another service gets copies of the requests
 *   direct        the route asks no service
 *   rewrite       what is changed in the addresses that the service sends
 *   may_compress  its answers may get a content coding (bff/http/compress.h)
 */
struct plain_route {
    struct text path;
    struct text to;
    const struct bff_service *service;
    struct text *methods;
    struct text host;
    struct plain_field header;
    struct plain_match match;
    struct access_rule access;
    struct network_rule network;
    bool needs_certificate;
    struct security_route security;
    struct plain_fields request;
    struct plain_fields response;
    size_t body_limit;
    enum plain_upload upload;
    uint32_t first_byte_ms;
    uint32_t idle_ms;
    uint32_t hedge_ms;
    bool hedges_p95;
    bool has_breaker;
    struct cache_rule cache;
    bool keeps_host;
    bool may_upgrade;
    struct plain_transform transform;
    struct plain_split split;
    struct plain_mirror mirror;
    struct plain_direct direct;
    struct plain_rewrite rewrite;
    bool may_compress;
    const struct call_hedge_plan *hedge; /* which the generation sets; NULL: not hedged */
    struct breaker *breaker; /* its own, which the generation sets; NULL: the service's */
    struct text cache_scope; /* distinguishes its stored responses; the generation sets it
                                (proxy_scope.h) */
};

#define PLAIN_BODY_LIMIT ((size_t)1024 * 1024)
#define PLAIN_IDLE_MS 60000

struct plain_routes {
    struct plain_route *rows;
    size_t count;
};

/* The request for which a route is searched. ${has_field} returns true when the request has a field
 * with the name of ${field}, and with its value unless that is absent. ${has_cookie} does the same
 * for a cookie. */
struct plain_question {
    struct text method;
    struct text path;  /* normalised by plain_path */
    struct text query; /* as the client wrote it; absent: none */
    struct text host;  /* as host_name returns it */
    bool (*has_field)(void *cookie, const struct plain_field *field);
    bool (*has_cookie)(void *cookie, const struct plain_field *field);
    void *cookie;
};

enum plain_result {
    PLAIN_FOUND,
    PLAIN_OTHER_METHOD, /* the path is known, but not with this method */
    PLAIN_NONE,
};

/*
 * Finds the route for ${question}. An exact path takes precedence over every prefix, and a longer
 * prefix over a shorter one; with captures, see plain_pattern_is_closer. Among routes with the same
 * path, the first one whose conditions are met is used. With PLAIN_OTHER_METHOD, ${*allow} is set
 * to the methods of the path: "GET, PUT".
 */
enum plain_result plain_route_find(const struct plain_routes *routes,
                                   const struct plain_question *question, struct pool *pool,
                                   const struct plain_route **found, struct text *allow);

/* True when ${query} has a parameter with the name of ${field}, and with its value unless that is
 * absent. Names and values are decoded once, as forms are: '+' is a blank. Of several parameters
 * with the name, any may have the value. */
bool plain_route_has_parameter(struct pool *pool, struct text query,
                               const struct plain_field *field);

/* True when the route has no condition beside its path and its methods. */
bool plain_route_is_for_all(const struct plain_route *route);

/* True when one of ${routes} passes ${method} on, whatever its conditions are. */
bool plain_route_has_method(const struct plain_routes *routes, struct text method);

/* True when ${fields} sets or removes the field ${name} (any case). */
bool plain_route_changes(const struct plain_fields *fields, struct text name);

/* Returns the target of the request to the service: ${path}, in which route->to replaces
 * route->path, or route->transform.path; and "?query" when there is a query, which route->transform
 * may have changed. */
struct text plain_route_target(struct pool *pool, const struct plain_route *route, struct text path,
                               struct text query);

#endif
