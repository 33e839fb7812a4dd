/* The composites as the server sees them: from a request to its run, from the run to its reply. */
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

/* Constant while the server runs. */
struct pages {
    struct text server;     /* what we call ourselves in Proxy-Status: "bff-web" */
    struct text admin_role; /* passes in an owner's place; absent: no role does */
    const struct plan **plans;
    struct route *routes; /* one for each plan, in the same order */
    size_t count;
    size_t body_limit;
    unsigned depth_limit;
    const char *mock_header; /* of clients, passed on to mock services; NULL: no mock mode */
};

/* What is asked for, and by whom. */
struct page_ask {
    const struct pages *pages;
    const struct plan *plan;
    const struct text *params;     /* decoded, in the order of the path; as long as the request */
    struct upstream *upstream;     /* the worker's */
    const struct login_user *user; /* NULL: nobody is signed in */
    bool has_login;                /* access rules hold */
};

/* Who may ask: the composite's rule, with the owner of the path when that is a parameter. For an
 * owner in a part whoever is signed in may begin; the run decides. */
struct access_rule page_access(const struct pages *pages, const struct plan *plan,
                               const struct text *params);

/* Runs the composite and answers ${request}. */
void page_serve(struct request *request, const struct page_ask *ask);

#endif
