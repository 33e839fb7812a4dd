/*
 * Straight proxying: a request goes to a service as it is, its answer comes back as it comes,
 * neither gathered nor looked into. The client holds the service back: when it does not read, we do
 * not either. WebSocket is tunnelled (tunnel.c).
 */
#ifndef BFF_PROXY_PROXY_H
#define BFF_PROXY_PROXY_H

#include <stdbool.h>

#include "bff/base/text.h"
#include "bff/edge/login.h"
#include "bff/edge/trusted.h"
#include "bff/http/request.h"
#include "bff/proxy/plain_route.h"
#include "bff/upstream/upstream.h"

/* Constant while the server runs. */
struct proxy_settings {
    struct text server;            /* what we call ourselves in Via and Proxy-Status: "bff-web" */
    struct text withheld;          /* a client's field that is not passed on; absent: none */
    bool hides_cors;               /* CORS is ours: the services' fields of it are left out */
    const struct trusted *trusted; /* whose word on a client is believed */
};

struct proxy_ask {
    const struct proxy_settings *settings;
    const struct plain_route *route;
    const struct login_user *user; /* NULL: nobody is signed in */
    struct text path;              /* normalised by plain_path */
    struct upstream *upstream;
};

/* Passes ${request} on and answers it. What ${ask} points to lives as long as the request. */
void proxy_serve(struct request *request, const struct proxy_ask *ask);

#endif
