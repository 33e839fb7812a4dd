/* All that a serving process has, put together in serve.c and used by its workers (worker_hooks.c).
 */
#ifndef BFF_APP_APPLICATION_H
#define BFF_APP_APPLICATION_H

#include "bff/config/config.h"
#include "bff/app/dispatch.h"
#include "bff/edge/login.h"
#include "bff/http/server.h"

struct application {
    struct config *config;
    struct server_settings settings;
    struct dispatch dispatch;
    struct login *login; /* NULL: off */
    struct mock *mock;   /* NULL: none */
};

/* What the server calls in its workers' threads; ${settings->application} is a struct application.
 */
void hooks_set(struct server_settings *settings);

#endif
