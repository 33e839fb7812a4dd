/* What the steps of a request (request_steps.h) read from the configuration and the worker. */
#ifndef BFF_APP_DISPATCH_H
#define BFF_APP_DISPATCH_H

#include "bff/app/health_page.h"
#include "bff/compose/page.h"
#include "bff/edge/cors.h"
#include "bff/edge/login.h"
#include "bff/proxy/proxy.h"

/* Belongs to one generation, and is constant. */
struct dispatch {
    const struct pages *pages;
    const struct plain_routes *routes;
    struct proxy_settings proxy;
    const struct login *login; /* NULL: login is off, and access rules do not apply */
    const struct cors_settings *cors;
    struct health_page health;
    size_t body_limit; /* bytes of a request's body, where no route has a limit of its own */
};

/* Belongs to one generation in one worker. */
struct dispatch_worker {
    struct upstream *upstream;
    struct login_cache *logins;
};

#endif
