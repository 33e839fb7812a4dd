/*
 * A generation is one configuration with everything that is made from it. It is loaded and checked
 * once, and does not change afterwards. It has a reference count: requests, workers and the process
 * hold references. When the last reference is dropped, the generation is freed, in the thread that
 * drops it. Several generations can exist at the same time: a request uses the generation with
 * which it began until the request ends.
 *
 * Listeners, workers and mocks belong to struct process. State that must survive a change of the
 * configuration is in the registry (bff/base/registry.h): the states of endpoints, known tokens,
 * health reports. A generation holds references to the state that its configuration names.
 */
#ifndef BFF_APP_GENERATION_H
#define BFF_APP_GENERATION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "bff/app/dispatch.h"
#include "bff/base/pool.h"
#include "bff/compose/compose.h"
#include "bff/compose/page.h"
#include "bff/config/config_read.h"
#include "bff/edge/login.h"
#include "bff/http/http_settings.h"

struct generation {
    atomic_size_t holds;
    unsigned long number;     /* a later generation of the process has a larger number */
    _Atomic unsigned workers; /* number of workers whose current generation this is */
    struct config config;     /* all files that it names have been loaded and are not read again */
    struct pool *pool;        /* memory of the pages */
    struct pages pages;
    struct login *login;            /* NULL: off */
    struct session_store *sessions; /* NULL: there are no sessions of browsers */
    struct authorizer *authorizer;  /* NULL: there is none */
    struct api_keys_shared *keys;   /* NULL: there are no API keys */
    struct limit_rules rules;       /* all that are counted, in generation->pool */
    struct limit_rules limits;      /* those of them that are not of a usage plan */
    struct plan_rules *plans;
    struct health *health;
    struct cache *cache;              /* NULL: no route and no part stores responses */
    struct key_memory *idempotency;   /* NULL: no page changes data */
    struct record *record;            /* the last requests; NULL: they are not recorded */
    const struct json_redact *redact; /* the secrets in them; NULL: as above */
    struct redis_state *redis;        /* NULL: no Redis server is configured */
    struct http_settings http;
    struct dispatch dispatch;
    const struct metrics *metrics; /* what is counted by name; NULL: there is no page of metrics */
    int64_t loaded_ms;             /* wall clock */
    const struct observer *const *observers; /* the observers that the configuration asks for */
    struct generation_kept *kept;            /* see generation_keep */
};

/*
 * Reads and checks a configuration and the tables of ${build}. Prints all mistakes to standard
 * error, and help and version to standard output. ${*action} is set to what the command line asks
 * for. The caller gets one reference to the result.
 */
struct generation *generation_load(int argc, char **argv, const struct bff_build *build,
                                   enum config_action *action);

/* Does the same for a reload: ${argv} has been read before, and asked for CONFIG_SERVE. Prints
 * nothing: generation->config.mistakes says what is wrong. */
struct generation *generation_load_again(int argc, char **argv, const struct bff_build *build);

/*
 * Makes everything that requests need from the configuration. Only for the action CONFIG_SERVE.
 * Afterwards the generation does not change. Returns NULL, or a text that says what is wrong with
 * the login settings.
 */
const char *generation_prepare(struct generation *generation);

/*
 * ${object} is state in the registry that the configuration names. The generation takes over the
 * caller's reference to it, and drops the reference when the generation is freed. So the state
 * survives when a later generation has a reference to it, too. To be called before the generation
 * is used.
 */
void generation_keep(struct generation *generation, void *object);

/* Adds one reference, and returns ${generation}. May be called from any thread. */
struct generation *generation_hold(struct generation *generation);

/* Drops one reference. The generation is freed with the last one. May be called from any thread. */
void generation_release(struct generation *generation);

#endif
