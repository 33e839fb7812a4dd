/* A page is a composite as the server answers it: a request starts a run, and the reply is made
 * from the run's result. */
#ifndef BFF_COMPOSE_PAGE_H
#define BFF_COMPOSE_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/cache/cache_flight.h"
#include "bff/compose/mock_mode.h"
#include "bff/compose/plan.h"
#include "bff/edge/access.h"
#include "bff/edge/caller.h"
#include "bff/http/request.h"
#include "bff/http/route.h"
#include "bff/store/key_store.h"
#include "bff/upstream/upstream.h"

struct plan_shapes;

/* The pages of a build and their settings. They do not change while a request uses them. */
struct pages {
    struct text server;     /* this server's name in Proxy-Status: "bff-web" */
    struct text admin_role; /* users with this role pass like the owner; absent: no such role */
    const struct plan **plans;
    const struct plan_shapes **shapes; /* one for each plan, in the same order */
    struct route *routes;              /* one for each plan, in the same order */
    size_t count;
    size_t body_limit;
    unsigned depth_limit;
    uint32_t beat_ms; /* a streamed answer sends something at least this often */
    struct mock_mode mock_mode;
};

/* The page that is requested, and the user who requests it. */
struct page_ask {
    const struct pages *pages;
    const struct plan *plan;
    const struct text
        *params;       /* decoded, in the order of the path; they live as long as the request */
    struct json input; /* the body of the request; JSON_NONE: there is none */
    struct upstream *upstream;     /* the worker's */
    struct cache_flights *flights; /* the worker's; NULL: no part is cached */
    struct key_store *keys;        /* the worker's idempotency keys; NULL: no page changes data */
    const struct caller *caller;   /* who asks */
    int64_t until_ns;              /* as in run_request */
    bool has_login;                /* login is configured, so access rules apply */
};

/* Returns the access rule of the composite. When the owner is a parameter of the path, the rule
 * contains the owner's id. When the owner is a member of a part, the rule lets every signed-in user
 * pass: the run checks the owner later, when that part has settled. */
struct access_rule page_access(const struct pages *pages, const struct plan *plan,
                               const struct text *params);

/* Starts the run of the composite. ${request} is answered later. */
void page_serve(struct request *request, const struct page_ask *ask);

#endif
