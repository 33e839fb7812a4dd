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

/* Reads ${url} (scheme http or https, host, optional port, at most a "/" after it; memory from
 * memory_new). Returns NULL; or what is wrong with it in words, and then ${out} is not written. */
const char *service_endpoint_read(const char *url, struct service_endpoint *out);

/* Frees what service_endpoint_read wrote. All zero: nothing. */
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
    char *ca_file;          /* PEM, the authorities for its certificate; NULL: the system's */
    struct trust *trust;    /* loaded from ca_file; NULL: not loaded (see service_load_trust) */

    /* What calls to it do when an attempt goes well or badly; NULL: call_policy_default. No setting
     * chooses another one yet. */
    const struct call_policy *policy;

    char *health_path;           /* asked regularly, 2xx is healthy; NULL: not asked */
    uint32_t health_interval_ms; /* from one question to the next */
    uint32_t health_timeout_ms;  /* a later answer does not count */
    bool is_essential;           /* while it is down, the server is not ready */
};

/* Frees the endpoints of ${service}. Afterwards it has none. */
void service_endpoints_free(struct service_settings *service);

/*
 * Loads ${settings->trust} when the service has an https endpoint or a CA file. Returns 0; or -1,
 * and a sentence in *wrong, when the file cannot be used. trust_release frees it.
 */
int service_load_trust(struct service_settings *settings, const char **wrong);

#endif
