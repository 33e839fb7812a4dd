/*
 * From a request that the guard let pass to whoever answers it, in this order: our own health,
 * route (404, 405), preflight, login (401, 403), access (403), composite or plain route. A
 * composite is found before a plain route.
 */
#ifndef BFF_APP_DISPATCH_H
#define BFF_APP_DISPATCH_H

#include <stdbool.h>

#include "bff/app/health_page.h"
#include "bff/compose/page.h"
#include "bff/edge/cors.h"
#include "bff/edge/login.h"
#include "bff/proxy/proxy.h"

/* Of one generation, and constant. */
struct dispatch {
    const struct pages *pages;
    const struct plain_routes *routes;
    struct proxy_settings proxy;
    const struct login *login; /* NULL: login is off, and no access rule holds */
    const struct cors_settings *cors;
    struct health_page health;
};

/* Of one generation in one worker. */
struct dispatch_worker {
    struct upstream *upstream;
    struct login_cache *logins;
};

/* Gives ${request} the fields that every answer to it has, the guard's refusals too. */
void dispatch_prepare(const struct dispatch *dispatch, struct request *request);

/* Answers ${request}, now or later. */
void dispatch_request(const struct dispatch *dispatch, const struct dispatch_worker *worker,
                      struct request *request);

#endif
