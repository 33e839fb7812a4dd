/*
 * The configuration of the operator, as plain data. config_read.h fills the struct in from one YAML
 * file (--config), the environment and the command line. docs/configuration.md describes every
 * setting for people.
 *
 * A configuration owns all memory that it points to, except ${build} and the memory that ${build}
 * points to. Any thread may free a configuration, and several configurations may exist at the same
 * time.
 */
#ifndef BFF_CONFIG_CONFIG_H
#define BFF_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <openssl/ssl.h>

#include "bff/base/file.h"
#include "bff/base/pool.h"
#include "bff/compose/compose.h"
#include "bff/yaml/mistakes.h"
#include "bff/config/tls_settings.h"
#include "bff/edge/admin_settings.h"
#include "bff/edge/api_keys_settings.h"
#include "bff/edge/authorizer_settings.h"
#include "bff/edge/cors.h"
#include "bff/edge/identity_settings.h"
#include "bff/edge/login.h"
#include "bff/edge/revocation_settings.h"
#include "bff/edge/security_settings.h"
#include "bff/edge/trusted.h"
#include "bff/http/compress_settings.h"
#include "bff/http/limits.h"
#include "bff/http/tracing_settings.h"
#include "bff/limit/limit_rule.h"
#include "bff/observe/metrics_settings.h"
#include "bff/proxy/plain_route.h"
#include "bff/proxy/spool.h"
#include "bff/record/record_settings.h"
#include "bff/session/session_settings.h"
#include "bff/store/redis_settings.h"
#include "bff/upstream/service.h"

struct api_keys_file;

#define CONFIG_WITH_MAX 32
#define CONFIG_SHA256_SIZE 65 /* 64 hexadecimal digits, and a NUL */

struct identity_keys;

/* An address to listen on. */
struct config_listen {
    char *text; /* as the operator wrote it: "http://127.0.0.1:8080" */
    bool is_tls;
    bool has_proxy_header; /* each connection begins with a header of the PROXY protocol */
    struct sockaddr_storage address; /* port 0: any free port */
    socklen_t address_len;
    size_t item; /* where its item begins in the values of the setting */
};

/* A file that the configuration names. ${mark} was taken before the file was read. So a file with
 * another mark may have other bytes than those that were read. */
struct config_file {
    char *name;
    struct file_mark mark;
    struct config_file *next;
};

/* What --rehearse asks for. The texts are those of the command line. */
struct config_rehearsal {
    const char *composite; /* NULL: nothing */
    const char *out;       /* a directory; NULL: the default one */
    const char *body;      /* a file; NULL: none */
    const char *with[CONFIG_WITH_MAX];
    size_t with_count;
};

/* Where counts or answers are stored, as the file says it. AUTO: in Redis, when there is one. */
enum config_store {
    CONFIG_STORE_AUTO,
    CONFIG_STORE_MEMORY,
    CONFIG_STORE_REDIS,
};

struct config {
    const struct bff_build *build;

    struct config_listen *listens; /* at least one */
    size_t listen_count;
    char *certificate, *key;      /* PEM files; NULL without tls */
    struct tls_settings tls_more; /* more certificates, and those of clients */
    SSL_CTX *tls;     /* made of all certificates; NULL without tls, or if a file is wrong */
    unsigned workers; /* 1 to 256; 0: one worker for each core */
    bool answers_half_closed;          /* see struct http_settings */
    struct service_settings *services; /* in the build's order */
    size_t service_count;
    size_t body_limit;    /* bytes of one part */
    unsigned depth_limit; /* nesting of one part's JSON */
    uint32_t beat_ms;     /* a streamed page sends something at least this often */
    uint32_t resolve_ms;  /* time between two look-ups of an endpoint's name */
    uint32_t leave_ms; /* after a signal: how long the server still serves, with /ready failing */
    uint32_t drain_ms; /* after that: how long open requests may take to finish; 0: no time */
    uint32_t upgrade_ready_ms; /* how long a new binary may take to be ready */
    uint32_t
        upgrade_drain_ms; /* after that: how long this process serves those who are connected */
    char *mock_dir;       /* a directory; NULL: no mock services */
    struct mock *mock;    /* what serves it: set after the configuration was read, and borrowed */

    bool login_is_off;           /* the file has login: off, so no token is checked */
    struct login_settings login; /* for login_new; in mock mode the secret may be absent */
    struct login *login_keys;    /* login.keys_of points to it; NULL without key files */
    struct login **issuer_keys;  /* the same for each of login.issuers */
    char *secret_file;           /* a file with the secret, instead of login.secret; NULL: none */
    struct authorizer_settings authorizer;
    struct api_keys_settings api_keys;
    struct api_keys_file *api_keys_file; /* of api_keys.file, which is not read again; NULL: none */
    struct session_settings session;
    struct revocation_settings revocation;
    struct identity_settings identity;
    struct identity_keys *identity_keys; /* loaded from its files; NULL without identity */
    bool keeps_default_routes;  /* the value in the file; section_routes.c has the default */
    struct plain_routes routes; /* the routes of the file, of the build, or both */
    bool may_encode_slashes;    /* in the path of a request */
    struct cors_settings cors;
    struct security_settings security;
    struct server_limits limits;
    struct redis_settings redis;
    bool redis_is_tls;              /* the URL begins with rediss:// */
    char *redis_ca_file;            /* NULL: the system's authorities */
    struct limit_rules rate_limits; /* of the file, or the build's */
    enum config_store limit_store;  /* the value in the file; limits_in_redis follows from it */
    bool limits_in_redis;           /* rate_limits count in Redis */
    size_t limit_keys;              /* the most keys that are counted in memory */
    size_t cache_bytes;            /* the most bytes of the cache in memory; 0: nothing is cached */
    enum config_store cache_store; /* the value in the file; caches_in_redis follows from it */
    bool caches_in_redis;          /* Redis is the cache's second level */
    unsigned cache_refreshes;      /* the most background calls of the cache, in all workers */
    enum config_store key_store;   /* the value in the file; keys_in_redis follows from it */
    bool keys_in_redis;            /* idempotency keys are in Redis */
    uint32_t key_keep_s;           /* how long the answer to a request with a key is stored */
    size_t key_bytes;              /* the most bytes of keys in memory */
    struct compress_settings compress;
    struct metrics_settings metrics;
    struct record_settings recorder;
    struct admin_settings admin_settings;
    char *admin_token_file;      /* NULL: none */
    struct config_listen *admin; /* the address of the admin pages; NULL: there are none */
    size_t request_limit;        /* bytes of a request's body, for routes without their own limit */
    struct spool_settings uploads;
    struct trusted trusted;
    struct tracing_settings tracing;
    bool has_access_log;
    bool may_use_io_uring;

    struct pool *pool;  /* the values are in it, except the endpoints of services */
    char *file;         /* the argument of --config; NULL: not given */
    const char *verify; /* the argument of --verify, borrowed; NULL: not given */
    struct config_rehearsal rehearsal;
    char file_sha256[CONFIG_SHA256_SIZE]; /* the SHA-256 of the file; empty without a file */
    struct config_file *files; /* with ${file}: all that were read, or could not be read */
    bool is_watched;           /* the files are read again when they change */
    struct mistakes mistakes;
    struct mistakes warnings; /* settings that work, but were hardly meant */
};

#define CONFIG_ADMIN_BODY ((size_t)16 * 1024) /* bytes of a request's body to the admin pages */

#define CONFIG_INSPECT_BODY ((size_t)1024 * 1024) /* the same, to the pages below /__bff/ */

/* Returns the number of bytes of the largest body that any request may have: the maximum of
 * request_limit, the limits of all routes, and those of the admin pages and of the pages below
 * /__bff/ if there are some. */
size_t config_largest_body(const struct config *config);

/* Returns the mock services of the build; NULL without mock mode. */
const struct bff_mocks *config_mocks(const struct config *config);

/* Returns the names of the client's header fields that no service gets, and a NULL. Without mock
 * mode, they are the fields for mock services. NULL in mock mode, or if the build has no mock
 * services. */
const char *const *config_withheld_headers(const struct config *config);

/* True when the file has a certificate and a key of the server. They may be wrong. */
static inline bool config_may_have_tls(const struct config *config)
{
    return (config->certificate != NULL && config->key != NULL) || config->tls_more.count > 0;
}

/* Adds ${file} to config->files, unless it is there. To be called before it is read. */
void config_add_file(struct config *config, const char *file);

/* Frees the memory of ${config} and clears the struct. It may be freed again. */
void config_free(struct config *config);

#endif
