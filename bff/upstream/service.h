/*
 * An upstream service. bff_service is what its client file declares: its name and its default
 * address. service_settings is what an operator may configure: the endpoints and how one is chosen,
 * timeouts, retries, limits, the circuit breaker, TLS, health.
 */
#ifndef BFF_UPSTREAM_SERVICE_H
#define BFF_UPSTREAM_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

#define SERVICE_ENDPOINTS_MAX 64 /* so a set of endpoints is a uint64_t */
#define SERVICE_WEIGHT_MAX 1000

struct bff_service {
    const char *name;        /* "users", as in the configuration, in logs and in /health/users */
    const char *environment; /* "USERS_URL": endpoints, separated by commas */
    const char *endpoint;    /* the default endpoint: "http://127.0.0.1:3000"; NULL: the service is
                                none of the build, the configuration has added it */
};

/* One address of a service, read from "http://host:port" or "https://[::1]:8443", and how much of
 * the service's requests it gets. */
struct service_endpoint {
    char *host;      /* a name, or an IP address without brackets */
    char *authority; /* for the Host header: host, brackets and port as needed (RFC 9110 7.2) */
    uint16_t port;
    bool is_tls;
    bool is_backup;         /* gets requests only while no other endpoint is usable */
    unsigned weight;        /* its share of the requests, 1 to SERVICE_WEIGHT_MAX */
    unsigned max_in_flight; /* attempts at the same time, of all workers; 0: no limit */
};

/* Reads ${url}: scheme http or https, host, optional port, and optionally a "/" at the end. On
 * success, fills ${out} with texts from memory_new, and weight 1, and returns NULL. Otherwise
 * returns a text that says what is wrong with ${url}, and does not write ${out}. */
const char *service_endpoint_read(const char *url, struct service_endpoint *out);

/* Returns the name of ${service}'s address ${at} in the registry, "users http://127.0.0.1:3000".
 * The caller frees it with memory_free. */
char *service_endpoint_name(const char *service, const struct service_endpoint *at);

/* The same for ${address}, one of the addresses of its host, "users http://users.internal:3000
 * 10.0.0.7:3000". NULL: the same as service_endpoint_name. */
char *service_address_name(const char *service, const struct service_endpoint *at,
                           const char *address);

/* Frees the texts of ${endpoint}. Does nothing when it is all zero. */
void service_endpoint_free(struct service_endpoint *endpoint);

/* The algorithms that choose an endpoint. See balance.h. */
enum service_balance {
    SERVICE_ROUND_ROBIN, /* smooth weighted, nginx's sequence */
    SERVICE_LEAST_CONNECTIONS,
    SERVICE_HASH,        /* consistent; service_settings.key is the key */
    SERVICE_TWO_CHOICES, /* power of two choices */
};

/* What a hash takes as the key of a request. */
enum service_key_kind {
    SERVICE_KEY_NONE,    /* no key */
    SERVICE_KEY_ADDRESS, /* the client's: all of IPv4, the first 64 bits of IPv6 */
    SERVICE_KEY_PATH,    /* the path of the client's request, without the query */
    SERVICE_KEY_QUERY,   /* a parameter of the query */
    SERVICE_KEY_HEADER,
    SERVICE_KEY_COOKIE,
    SERVICE_KEY_USER, /* the id of the signed-in user */
};

struct service_key {
    enum service_key_kind kind;
    struct text name; /* of the parameter, header (lower case) or cookie */
};

/* Passive health checks (ejection.h). */
struct service_ejection {
    unsigned failures;    /* failures in a row that eject an endpoint; 0: none is ejected */
    uint32_t time_ms;     /* of the first ejection; the second one in a row lasts twice as long, the
                             third one three times */
    uint32_t max_time_ms; /* the longest time of an ejection */
    unsigned max_percent; /* how many of the endpoints may be ejected at the same time */
};

/* A circuit breaker (breaker.h). */
struct service_breaker {
    unsigned error_percent; /* it opens when a larger share of the calls in the window has failed */
    unsigned volume;        /* and the window has at least so many calls; 0: there is no breaker */
    uint32_t reset_ms;      /* from opening to the trial */
    uint32_t window_ms;     /* has ROLLING_BUCKETS buckets */
};

/* Retries at another endpoint, after bytes of the request have left (call_retry.h). */
struct service_retry {
    uint32_t try_ms;         /* how long one attempt may wait for the first byte, while there is
                                another endpoint to ask; 0: no such limit */
    struct text *methods;    /* may be retried; an absent text ends the list; NULL: none */
    unsigned budget_percent; /* how many of the first attempts of the last 10 s may be retried */
    unsigned reserve;        /* so many retries in 10 s are always allowed */
};

/* Bulkhead (bulkhead.h). */
struct service_bulkhead {
    unsigned max_in_flight; /* calls at the same time, of all workers; 0: no limit */
    unsigned queue;         /* how many calls may wait until others end */
    uint32_t wait_ms;       /* how long a call may wait */
};

/* Active health checks (health.h). */
struct service_health {
    char *path; /* NULL: none are made */
    uint32_t interval_ms;
    unsigned jitter_percent; /* the interval varies by up to so much */
    uint32_t timeout_ms;     /* a later answer does not count */
    unsigned rise;           /* good checks in a row until an endpoint that was down is up */
    unsigned fall;           /* bad checks in a row until an endpoint that was up is down */
    unsigned status;         /* the expected status; 0: any 2xx */
    struct text body;        /* the answer's body must have this text; absent: any body will do */
    bool is_essential;       /* while the service is down, the server is not ready */
};

struct trust;

/* What a configuration says about a service. It is constant once the configuration has been
 * checked. */
struct service_settings {
    const struct bff_service *service;
    struct service_endpoint *endpoints;
    size_t endpoint_count;
    bool is_named;          /* another setting names the service */
    bool resolves_each;     /* every address behind a host name is an endpoint of its own */
    uint32_t connect_ms;    /* from dialling to connected, TLS included */
    uint32_t first_byte_ms; /* from the request sent to the answer's first byte */
    uint32_t total_ms;      /* from start to end, retries included */
    uint32_t min_time_ms;   /* a call with less time left is not sent */
    uint32_t min_wait_ms; /* when a call ends because the time of its user is over, the service has
                             failed if it had at least this time to answer */
    char *ca_file;        /* PEM, the authorities that are trusted; NULL: the system's */
    char *certificate;    /* PEM, of ours, for a service that asks for one; NULL: none */
    char *tls_key;        /* its key */
    struct trust *trust;  /* loaded from ca_file; NULL: not loaded (see service_load_trust) */
    enum service_balance balance;
    struct service_key key;
    uint32_t slow_start_ms; /* an endpoint that has returned gets its full share after this time; 0:
                               at once */
    unsigned panic_percent; /* when fewer endpoints are well, all are asked; 0: never */
    unsigned hedge_percent; /* how many of the calls of the last 10 s may be hedged; 0: none */
    struct service_ejection ejection;
    struct service_breaker breaker;
    struct service_retry retry;
    struct service_bulkhead bulkhead;
    struct service_health health;
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
