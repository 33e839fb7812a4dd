/* A page is a composite that is served: a request starts a run, and the run gives the reply. */
#ifndef BFF_COMPOSE_PAGE_H
#define BFF_COMPOSE_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"
#include "bff/compose/plan.h"
#include "bff/edge/access.h"
#include "bff/http/request.h"
#include "bff/http/route.h"
#include "bff/upstream/upstream.h"

/* What the build and the configuration say; constant while a request uses it. */
struct pages {
    struct text server;     /* this server's name in Proxy-Status: "bff-web" */
    struct text admin_role; /* passes like the owner; absent: no role does */
    const struct plan **plans;
    struct route *routes; /* one for each plan, in the same order */
    size_t count;
    size_t body_limit;
    unsigned depth_limit;
    const char *mock_header; /* of clients, passed on to mock services; NULL: no mock mode */
};

/* The page that is asked for, and the user who asks. */
struct page_ask {
    const struct pages *pages;
    const struct plan *plan;
    const struct text *params;     /* decoded, in the order of the path; as long as the request */
    struct upstream *upstream;     /* the worker's */
    const struct login_user *user; /* NULL: nobody is signed in */
    bool has_login;                /* access rules apply */
};

/* The access rule of the composite. When the owner is a parameter of the path, the rule names that
 * owner. When the owner is a member of a part, this rule lets every signed-in user pass. The run
 * checks the owner later, when that part has settled. */
struct access_rule page_access(const struct pages *pages, const struct plan *plan,
                               const struct text *params);

/* Runs the composite and answers ${request}, later. */
void page_serve(struct request *request, const struct page_ask *ask);

#endif
