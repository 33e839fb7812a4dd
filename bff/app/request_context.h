/* What the steps of one request share. It is in the request's pool and is freed with the pool. */
#ifndef BFF_APP_REQUEST_CONTEXT_H
#define BFF_APP_REQUEST_CONTEXT_H

#include <stdbool.h>

#include "bff/app/dispatch.h"
#include "bff/edge/caller.h"
#include "bff/json/json.h"
#include "bff/http/pipeline.h"
#include "bff/http/route.h"
#include "bff/proxy/plain_route.h"

struct built_in_page;
struct proxy_transform;
struct session_request;
struct spool;

enum found_kind {
    FOUND_COMPOSITE,
    FOUND_ROUTE,
    FOUND_BUILT_IN,     /* a page of this server (built_in_pages.h) */
    FOUND_BAD,          /* the path is not allowed: 400 */
    FOUND_OTHER_METHOD, /* the path is known, but not with this method: 405 */
    FOUND_NOTHING,      /* 404 */
};

/* What answers a method and the request's path. */
struct found {
    enum found_kind kind;
    struct route_match match;        /* of a composite */
    const struct plain_route *route; /* of a plain route */
    bool is_session_login;           /* the plain route is the login of a service (session.login) */
    const struct built_in_page *page; /* with FOUND_BUILT_IN */
    struct text path;  /* the normalised path (plain_path); absent for some composites */
    struct text allow; /* with FOUND_OTHER_METHOD: the methods that the path has */
};

struct request_context {
    struct pipeline pipeline;
    const struct dispatch *dispatch;
    const struct dispatch_worker *worker;
    struct request *request;
    struct found found;      /* set by step_route */
    struct access_rule rule; /* set by step_route: the rule of the composite or the plain route */
    struct caller caller;    /* set by the steps session, api_key, login and authorizer */
    struct session_request *session; /* set by step_session; NULL: there are no sessions */
    struct json input;   /* set by step_body: the body of a request for a composite that changes
                            data; JSON_NONE: there is none */
    struct spool *spool; /* set by step_body: has the body of the request; NULL: it is elsewhere */
    struct proxy_transform *transform; /* set by step_transform; NULL: the route changes nothing
                                          that needs it */
    struct proxy_cached *cached;       /* set by step_cache; NULL: the route has no cache */
    int64_t until_ns; /* set by step_client: a deadline that a trusted proxy has stated; 0:
                         none */
};

#endif
