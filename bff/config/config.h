/*
 * What the operator says: one YAML file (--config), over it the environment (USERS_URL and so on),
 * over that the command line. docs/configuration.md lists it for people, settings.c holds the table
 * that reading, defaults and help are made from.
 *
 * Every mistake is found, not just the first, and each is told with its place:
 *
 *     web.yaml:7:3: services.users.tiemout: unknown setting; did you mean "timeout"?
 */
#ifndef BFF_CONFIG_CONFIG_H
#define BFF_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <openssl/ssl.h>

#include "bff/config/mistakes.h"
#include "bff/base/pool.h"
#include "bff/compose/compose.h"
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
    struct sockaddr_storage address; /* port 0: any free one */
    socklen_t address_len;
};

struct config {
    struct config_listen *listens; /* one at least */
    size_t listen_count;
    char *certificate, *key;           /* PEM files; NULL without tls */
    SSL_CTX *tls;                      /* they, loaded; NULL without tls, and where one is wrong */
    unsigned workers;                  /* 1 to 256; 0: one for each core */
    struct service_settings *services; /* in the build's order */
    size_t service_count;
    size_t body_limit;    /* bytes of one part */
    unsigned depth_limit; /* nesting of one part's JSON */
    uint32_t resolve_ms;  /* between two look-ups of an endpoint's name */
    uint32_t leave_ms;    /* how long all goes on after a signal, but for /ready */
    uint32_t drain_ms;    /* and then, how long open requests may take to end; 0: no time */
    char *mock_dir;       /* a directory; NULL: no mock upstreams */

    bool login_is_off;           /* explicitly: nobody is asked who he is */
    struct login_settings login; /* login_new takes it; in mock mode the secret may be absent */
    struct login *login_keys;    /* what login.keys_of points to; NULL without key files */
    char *secret_file;           /* in place of login.secret; NULL: none */
    struct plain_routes routes;  /* the build's defaults, or the file's */
    struct cors_settings cors;
    struct server_limits limits;
    size_t request_limit; /* bytes of a request's body, where no route says otherwise */
    struct trusted trusted;
    bool has_access_log;
    bool may_use_io_uring;

    struct pool *pool; /* of the values that lie in no memory of their own */
    char *file;        /* of --config; NULL: none was given */
    struct mistakes mistakes;
};

enum config_action {
    CONFIG_SERVE,
    CONFIG_CHECK,    /* --check, and nothing is wrong */
    CONFIG_ROUTES,   /* --routes, and nothing is wrong */
    CONFIG_PROBE,    /* --probe, and nothing is wrong */
    CONFIG_EXIT_OK,  /* --help or --version */
    CONFIG_EXIT_BAD, /* out->mistakes says why; exit with 2 */
};

/*
 * Reads everything into ${out} (overwritten) and prints: mistakes to standard error, help and
 * version to standard output. config_free is due whatever it returns.
 */
enum config_action config_load(int argc, char **argv, const struct bff_build *build,
                               struct config *out);

/* The same without printing, for those who read out->mistakes themselves. */
enum config_action config_read(int argc, char **argv, const struct bff_build *build,
                               struct config *out);

/* The longest body that any request may have: of all routes, and request_limit. */
size_t config_largest_body(const struct config *config);

/* Frees what ${config} holds. All zero, or freed before: nothing. */
void config_free(struct config *config);

#endif
