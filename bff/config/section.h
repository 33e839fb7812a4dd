/* All sections of the file. A new section needs a file section_NAME.c, and a line in this file and
 * in section.c. */
#ifndef BFF_CONFIG_SECTION_H
#define BFF_CONFIG_SECTION_H

#include "bff/config/settings.h"

extern const struct section section_listen; /* listen, workers */
extern const struct section section_tls;    /* tls.certificate, tls.key, tls.client */
extern const struct section section_tls_certificates;
extern const struct section section_services; /* endpoints, ca_file; it makes the services */
extern const struct section section_services_balance; /* which endpoint gets a request */
extern const struct section section_services_calls;   /* time-outs, limits, retries, the breaker */
extern const struct section section_services_tls;     /* certificates of ours */
extern const struct section section_services_health;  /* health checks, active and passive */
extern const struct section section_composites;
extern const struct section section_resolver;
extern const struct section section_login;
extern const struct section section_login_issuers;    /* login.issuers */
extern const struct section section_login_authorizer; /* login.authorizer */
extern const struct section section_routes;
extern const struct section section_routes_upload;    /* routes.*.upload */
extern const struct section section_routes_tls;       /* routes.*.client_certificate */
extern const struct section section_routes_network;   /* routes.*.allow and deny */
extern const struct section section_routes_security;  /* routes.*.security_headers and hsts */
extern const struct section section_routes_transform; /* what routes change */
extern const struct section section_routes_match;     /* conditions by query and cookie */
extern const struct section section_routes_split;     /* several services by weights */
extern const struct section section_routes_mirror;    /* copies of requests */
extern const struct section section_routes_direct;    /* redirects and fixed answers */
extern const struct section section_routes_rewrite;   /* addresses that services send */
extern const struct section section_default_routes;
extern const struct section section_paths;
extern const struct section section_cors;
extern const struct section section_security_headers;
extern const struct section section_limits;
extern const struct section section_trusted_proxies;
extern const struct section section_redis;
extern const struct section section_rate_limits;
extern const struct section section_rate_limit_store;
extern const struct section section_cache; /* routes.*.cache is in section_routes.c */
extern const struct section section_idempotency;
extern const struct section section_uploads;
extern const struct section section_api_keys;
extern const struct section section_api_keys_plans; /* api_keys.plans */
extern const struct section section_session;
extern const struct section section_session_login;     /* session.login */
extern const struct section section_session_providers; /* session.providers */
extern const struct section section_revocation;
extern const struct section section_identity;
extern const struct section section_tracing;
extern const struct section section_compression;
extern const struct section section_admin;
extern const struct section section_metrics;
extern const struct section section_recorder;
extern const struct section section_process; /* access_log, io_uring, drain_delay, drain_timeout */
extern const struct section section_upgrade;

/* The routes, to which the rows of all sections section_routes* belong. */
extern const struct settings_items section_routes_items;

/* The services, to which the rows of all four sections belong. */
extern const struct settings_items section_services_items;

/* All sections in the order of --help. The list ends with NULL. */
extern const struct section *const section_list[];

#endif
