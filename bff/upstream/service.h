/*
 * An upstream service. bff_service is what its client file declares: its name and its default
 * address. service_settings is what an operator may configure: endpoints, timeouts, TLS, health.
 */
#ifndef BFF_UPSTREAM_SERVICE_H
#define BFF_UPSTREAM_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bff_service {
    const char *name;        /* "users", as in the configuration, in logs and in /health/users */
    const char *environment; /* "USERS_URL": endpoints, separated by commas */
    const char *endpoint;    /* the default endpoint: "http://127.0.0.1:3000" */
};

/* One address of a service, read from "http://host:port" or "https://[::1]:8443". */
struct service_endpoint {
    char *host;      /* a name, or an IP address without brackets */
    char *authority; /* for the Host header: host, brackets and port as needed (RFC 9110 7.2) */
    uint16_t port;
    bool is_tls;
};

/* Reads ${url}: scheme http or https, host, optional port, and optionally a "/" at the end. On
 * success, fills ${out} with texts from memory_new and returns NULL. Otherwise returns a text that
 * says what is wrong with ${url}, and does not write ${out}. */
const char *service_endpoint_read(const char *url, struct service_endpoint *out);

/* Returns the name of ${service}'s address ${at} in the registry, "users http://127.0.0.1:3000".
 * The caller frees it with memory_free. */
char *service_endpoint_name(const char *service, const struct service_endpoint *at);

/* Frees the texts of ${endpoint}. Does nothing when it is all zero. */
void service_endpoint_free(struct service_endpoint *endpoint);

struct call_policy;
struct trust;

/* What a configuration says about a service. It is constant once the configuration has been
 * checked. */
struct service_settings {
    const struct bff_service *service;
    struct service_endpoint *endpoints;
    size_t endpoint_count;
    uint32_t connect_ms;    /* from dialling to connected, TLS included */
    uint32_t first_byte_ms; /* from the request sent to the answer's first byte */
    uint32_t total_ms;      /* from start to end, retries included */
    char *ca_file;          /* PEM, the authorities that are trusted; NULL: the system's */
    struct trust *trust;    /* loaded from ca_file; NULL: not loaded (see service_load_trust) */

    /* What a call does when an attempt succeeds or fails; NULL: call_policy_default. No setting of
     * the configuration chooses another policy yet. */
    const struct call_policy *policy;

    char *health_path;           /* for health checks (health.h); NULL: none are made */
    uint32_t health_interval_ms; /* from one check to the next */
    uint32_t health_timeout_ms;  /* a later answer does not count */
    bool is_essential;           /* while it is down, the server is not ready */
};

/* Frees the endpoints of ${service}. Afterwards it has none. */
void service_endpoints_free(struct service_settings *service);

/*
 * Loads ${settings->trust} when the service has an https endpoint or a CA file. Returns 0; or -1,
 * and a sentence in *wrong, when the file cannot be used. The caller frees the trust with
 * trust_release.
 */
int service_load_trust(struct service_settings *settings, const char **wrong);

#endif
