/*
 * From a request to its answer: runs the table of steps (request_steps.c) for it. What is here is
 * what the steps read of the configuration and of their worker.
 */
#ifndef BFF_APP_DISPATCH_H
#define BFF_APP_DISPATCH_H

#include "bff/app/health_page.h"
#include "bff/compose/page.h"
#include "bff/edge/cors.h"
#include "bff/edge/login.h"
#include "bff/proxy/proxy.h"

/* Constant while the server runs. */
struct dispatch {
    const struct pages *pages;
    const struct plain_routes *routes;
    struct proxy_settings proxy;
    const struct login *login; /* NULL: login is off, and no access rule holds */
    const struct cors_settings *cors;
    struct health_page health;
};

/* A worker's own. */
struct dispatch_worker {
    struct batch *batch; /* of its calls to services; NULL: none */
    struct upstream *upstream;
    struct login_cache *logins;
};

/* Answers ${request}, now or later. */
void dispatch_request(const struct dispatch *dispatch, const struct dispatch_worker *worker,
                      struct request *request);

#endif
