/*
 * The settings of a configuration for HTTP. They can be replaced while the server runs (see
 * worker_settings.h). The settings that never change while a server runs are in struct
 * server_settings.
 */
#ifndef BFF_HTTP_HTTP_SETTINGS_H
#define BFF_HTTP_HTTP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ssl.h>

#include "bff/http/limits.h"
#include "bff/http/listen.h"
#include "bff/http/tracing_settings.h"

/*
 *   limits      the limits for one client
 *   body_limit  the most bytes of a request's body: the largest limit of all routes
 *   answers_half_closed  a client that ends its sending side still waits for its answer
 *   drain_ms    how long requests in flight may take after server_stop
 *   names_clients  true when the proxy at ${address} may name its clients in a PROXY header; gets
 *               ${proxies}
 *   listens     where clients come to; they are open. A worker accepts connections of just these
 *   tls         for listeners with TLS; NULL if there is no such listener. It is borrowed; each
 *               open connection has a reference of its own
 *   records     the recorder keeps the requests of clients (bff/record)
 *   tracing     traces and baggage; borrowed. NULL: there are none
 */
struct http_settings {
    struct server_limits limits;
    size_t body_limit;
    bool answers_half_closed;
    bool records;
    uint32_t drain_ms;
    bool (*names_clients)(const void *proxies, const struct sockaddr *address);
    const void *proxies;
    struct listen *listens;
    size_t listen_count;
    SSL_CTX *tls;
    const struct tracing_settings *tracing;
};

#endif
