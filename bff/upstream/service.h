/*
 * An upstream service as its client file declares it: its name and where it is by default. What an
 * operator may change (endpoints, timeouts, TLS) is the configuration's business and lies in
 * service_settings.
 */
#ifndef BFF_UPSTREAM_SERVICE_H
#define BFF_UPSTREAM_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bff_service {
    const char *name;        /* "users": in the configuration, in logs, in /health/users */
    const char *environment; /* "USERS_URL": endpoints, separated by commas */
    const char *endpoint;    /* where it is when nothing else is said: "http://127.0.0.1:3000" */
};

/* One address of a service, read from "http://host:port" or "https://[::1]:8443". */
struct service_endpoint {
    char *host;      /* a name, or an IP address without brackets */
    char *authority; /* for the Host header: host, brackets and port as needed (RFC 9110 7.2) */
    uint16_t port;
    bool is_tls;
};

/* Reads ${url} (scheme http or https, host, optional port, at most a "/" behind it; memory from
 * memory_new). Returns NULL, or what is wrong with it in words; then
 * ${out} is not written. */
const char *service_endpoint_read(const char *url, struct service_endpoint *out);

/* Frees what service_endpoint_read wrote. All zero: nothing. */
void service_endpoint_free(struct service_endpoint *endpoint);

/* What the configuration says of a service. Set at boot, constant afterwards. */
struct service_settings {
    const struct bff_service *service;
    struct service_endpoint *endpoints;
    size_t endpoint_count;
    uint32_t connect_ms;    /* from dialling to connected, TLS included */
    uint32_t first_byte_ms; /* from the request sent to the answer's first byte */
    uint32_t total_ms;      /* from start to end, retries included */
    char *ca_file;          /* PEM of who may sign its certificate; NULL: the system's */

    char *health_path;           /* asked now and then: 2xx is healthy; NULL: nobody asks */
    uint32_t health_interval_ms; /* from one question to the next */
    uint32_t health_timeout_ms;  /* an answer that comes later is none */
    bool is_essential;           /* without it the server is not ready */
};

/* Frees the endpoints of ${service}, which has none then. */
void service_endpoints_free(struct service_settings *service);

#endif
