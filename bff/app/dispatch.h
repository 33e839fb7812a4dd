/* What the steps of a request (request_steps.h) read from the configuration and the worker. */
#ifndef BFF_APP_DISPATCH_H
#define BFF_APP_DISPATCH_H

#include "bff/app/health_page.h"
#include "bff/cache/cache_flight.h"
#include "bff/cache/cache_worker.h"
#include "bff/compose/page.h"
#include "bff/edge/admin_failures.h"
#include "bff/edge/admin_settings.h"
#include "bff/edge/api_keys_shared.h"
#include "bff/edge/api_keys_worker.h"
#include "bff/edge/authorizer.h"
#include "bff/edge/cors.h"
#include "bff/edge/identity.h"
#include "bff/edge/login.h"
#include "bff/edge/revocation.h"
#include "bff/edge/revocation_settings.h"
#include "bff/edge/trusted.h"
#include "bff/http/compress_settings.h"
#include "bff/limit/limiter.h"
#include "bff/observe/metrics.h"
#include "bff/proxy/proxy.h"
#include "bff/proxy/spool.h"
#include "bff/session/oidc.h"
#include "bff/session/session_refresh.h"
#include "bff/session/session_store.h"
#include "bff/store/redis.h"

/* The rules of a usage plan: its rate, and then its quota. Perhaps it has one of them only. */
struct plan_rules {
    const struct limit_rule *at[2];
    size_t count;
};

struct bff_mocks;
struct mock;
struct json_redact;
struct record;

/* What the pages below /__bff/ are about (inspect_request.h). */
struct inspect_scope {
    struct record *record;            /* the last requests; NULL: they are not recorded */
    const struct json_redact *redact; /* the secrets in them; NULL: as above */
    const struct bff_mocks *mocks;    /* NULL: no mock mode */
    struct mock *mock;                /* as above */
};

/* The part that belongs to one generation. It does not change. */
struct dispatch {
    const struct pages *pages;
    const struct plain_routes *routes;
    bool may_encode_slashes; /* false: a path is refused when some reader splits it at more places
                                than this server */
    struct proxy_settings proxy;
    const struct spool_settings *uploads;
    struct authorizer *authorizer;        /* NULL: no service decides about requests */
    const struct login *login;            /* NULL: login is off, and access rules do not apply */
    const struct identity_keys *identity; /* NULL: services get no token of ours */
    const struct session_store *sessions; /* NULL: there are no sessions of browsers */
    const struct cors_settings *cors;
    const struct security_settings *security;
    const struct limit_rules *limits; /* without those of usage plans */
    const struct plan_rules *plans;   /* one for each plan of the API keys, in their order */
    const struct compress_settings *compress;
    const struct admin_settings *admin;
    struct admin_failures *admin_failures;
    const struct revocation_settings *revocation;
    struct text subject_header;    /* for services: the subject of a client's certificate */
    const struct trusted *trusted; /* the proxies in front of the server */
    struct health_page health;
    const struct metrics *metrics; /* what is counted by name; NULL: there is no page of metrics */
    struct inspect_scope inspect;
    size_t body_limit; /* bytes of a request's body, where no route has a limit of its own */
};

/* The part that belongs to one generation in one worker. */
struct dispatch_worker {
    struct upstream *upstream;
    struct endpoints *endpoints;         /* the worker's */
    struct login_worker *login;          /* NULL: login is off */
    struct oidc *oidc;                   /* the OpenID providers; NULL: there are none */
    struct revocation_view *revocations; /* NULL: nothing is revoked (struct revocation_settings) */
    struct cache_worker *cache;          /* NULL: the configuration caches nothing */
    struct cache_worker *verdicts;       /* see struct worker_life */
    struct cache_worker *refreshed;      /* see struct worker_life */
    struct session_refreshes *refreshes; /* NULL: there are no sessions */
    struct cache_flights *flights;       /* of the parts of pages; NULL: there is no cache */
    struct redis *redis;                 /* NULL: no Redis server is configured */
    struct redis *cache_redis;           /* the same; NULL: what is cached is in memory only */
    struct limiter *limiter;             /* NULL: there are no limits */
    struct key_store *idempotency;       /* keys of requests; NULL: no page changes data */
    struct api_keys_worker *keys;        /* NULL: there are no API keys */
    struct authorizer_worker *authorizer; /* NULL: as above */
    struct identity *identity;            /* NULL: services get no token of ours */
    struct metrics_worker *metrics;       /* NULL: as above */
};

#endif
