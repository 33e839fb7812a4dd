/* What the steps of a request (request_steps.h) read of the configuration and of their worker. */
#ifndef BFF_APP_DISPATCH_H
#define BFF_APP_DISPATCH_H

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

#endif
