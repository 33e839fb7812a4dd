/*
 * What a configuration says about serving HTTP. It can be replaced while the server runs (see
 * worker_settings.h); what a server has for its whole life is struct server_settings.
 */
#ifndef BFF_HTTP_HTTP_SETTINGS_H
#define BFF_HTTP_HTTP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ssl.h>

#include "bff/http/limits.h"

/*
 *   limits      the limits of one client
 *   body_limit  bytes of a request's body; the largest limit of any route
 *   answers_half_closed  a client that ends its sending side still waits for its answer
 *   drain_ms    how long requests in flight may take after server_stop
 *   tls         for listeners with TLS; NULL when there is no such listener. Borrowed: connections
 *               that are open keep a reference of their own
 */
struct http_settings {
    struct server_limits limits;
    size_t body_limit;
    bool answers_half_closed;
    uint32_t drain_ms;
    SSL_CTX *tls;
};

#endif
