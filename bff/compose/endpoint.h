/* The composites as the server sees them: from a request to its run, from the run to its reply. */
#ifndef BFF_COMPOSE_ENDPOINT_H
#define BFF_COMPOSE_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"
#include "bff/compose/plan.h"
#include "bff/http/request.h"
#include "bff/http/route.h"
#include "bff/upstream/upstream.h"

/* Constant while the server runs. */
struct endpoints {
    struct text server; /* what we call ourselves in Proxy-Status: "bff-web" */
    const struct plan **plans;
    struct route *routes; /* one for each plan, in the same order */
    size_t count;
    size_t body_limit;
    unsigned depth_limit;
    bool is_mock; /* X-Mock is passed on */
};

/* Finds what ${request} asks for and answers it, with the worker's ${upstream}. */
void endpoint_serve(const struct endpoints *endpoints, struct request *request,
                    struct upstream *upstream);

#endif
