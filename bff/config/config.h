/*
 * The configuration of the operator, as plain data. config_read.h fills it in from one YAML file
 * (--config), the environment and the command line. docs/configuration.md describes every setting
 * for people.
 *
 * A configuration owns all that it points to, except ${build} and what that points to. Any thread
 * may free it, and several may live at the same time.
 */
#ifndef BFF_CONFIG_CONFIG_H
#define BFF_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <openssl/ssl.h>

#include "bff/base/pool.h"
#include "bff/compose/compose.h"
#include "bff/config/mistakes.h"
#include "bff/edge/cors.h"
#include "bff/edge/login.h"
#include "bff/edge/trusted.h"
#include "bff/http/limits.h"
#include "bff/proxy/plain_route.h"
#include "bff/upstream/service.h"

/* An address to listen on. */
struct config_listen {
    char *text; /* as written: "http://127.0.0.1:8080" */
    bool is_tls;
    struct sockaddr_storage address; /* port 0: any free port */
    socklen_t address_len;
};

struct config {
    const struct bff_build *build;

    struct config_listen *listens; /* one at least */
    size_t listen_count;
    char *certificate, *key;           /* PEM files; NULL without tls */
    SSL_CTX *tls;                      /* made of both; NULL without tls, or when one is wrong */
    unsigned workers;                  /* 1 to 256; 0: one for each core */
    bool answers_half_closed;          /* see struct http_settings */
    struct service_settings *services; /* in the build's order */
    size_t service_count;
    size_t body_limit;    /* bytes of one part */
    unsigned depth_limit; /* nesting of one part's JSON */
    uint32_t resolve_ms;  /* between two look-ups of an endpoint's name */
    uint32_t leave_ms;    /* after a signal: how long the server goes on serving, not ready */
    uint32_t drain_ms;    /* after that: how long open requests may take to end; 0: no time */
    char *mock_dir;       /* a directory; NULL: no mock services */

    bool login_is_off;           /* the file says so: nobody is asked who they are */
    struct login_settings login; /* for login_new; in mock mode the secret may be absent */
    struct login *login_keys;    /* what login.keys_of points to; NULL without key files */
    char *secret_file;           /* in place of login.secret; NULL: none */
    struct plain_routes routes;  /* the file's, or the build's */
    struct cors_settings cors;
    struct server_limits limits;
    size_t request_limit; /* bytes of a request's body, where no route has a limit of its own */
    struct trusted trusted;
    bool has_access_log;
    bool may_use_io_uring;

    struct pool *pool; /* holds the values, except the endpoints of services */
    char *file;        /* of --config; NULL: none was given */
    struct mistakes mistakes;
};

/* The longest body that any request may have: the largest of all routes' and request_limit. */
size_t config_largest_body(const struct config *config);

/* The header of clients that is passed on to mock services; NULL: not in mock mode, or none. */
const char *config_mock_header(const struct config *config);

/* The header of clients that no service gets, which is the same one without mock mode; absent when
 * the build has no mock services. */
struct text config_withheld_header(const struct config *config);

/* Frees what ${config} holds and clears it. A cleared configuration may be freed again. */
void config_free(struct config *config);

#endif
