/*
 * Plain proxying: a request goes to a service as it is, and the answer comes back while it arrives.
 * The server does not gather the answer and does not look into it. When a client does not read, the
 * server stops reading from the service (backpressure). WebSocket is tunnelled (tunnel.h).
 */
#ifndef BFF_PROXY_PROXY_H
#define BFF_PROXY_PROXY_H

#include <stdbool.h>

#include "bff/base/text.h"
#include "bff/edge/login.h"
#include "bff/http/request.h"
#include "bff/proxy/plain_route.h"
#include "bff/upstream/upstream.h"

/* What the configuration says; constant while a request uses it. */
struct proxy_settings {
    struct text server;   /* this server's name in Via and Proxy-Status: "bff-web" */
    struct text withheld; /* a field of clients that is not passed on; absent: none */
    bool hides_cors;      /* this server answers CORS, so the services' CORS fields are left out */
};

struct proxy_ask {
    const struct proxy_settings *settings;
    const struct plain_route *route;
    const struct login_user *user; /* NULL: nobody is signed in */
    struct text path;              /* normalised by plain_path */
    struct upstream *upstream;     /* the worker's */
};

/* Passes ${request} on and answers it. Its peer has been found (peer.h). What ${ask} points to must
 * live as long as the request. */
void proxy_serve(struct request *request, const struct proxy_ask *ask);

#endif
