/*
 * A generation: everything that one configuration says, loaded and checked once, and constant from
 * then on. Requests, workers and the process hold it; the last one that releases it frees it, in
 * any thread. Two generations can live side by side: a request uses the one it began with until its
 * end.
 *
 * What the process has (listeners, workers, mocks, the log) is struct process. State that must
 * survive a change of the configuration (what is known about an endpoint, known tokens, reports of
 * health) is in the registry (bff/base/registry.h). A generation holds the state that its
 * configuration names.
 */
#ifndef BFF_APP_GENERATION_H
#define BFF_APP_GENERATION_H

#include <stdatomic.h>
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
    _Atomic unsigned workers; /* for which it is the current one */
    struct config config;     /* its files are loaded: none is read again */
    struct pool *pool;        /* of the pages */
    struct pages pages;
    struct login *login; /* NULL: off */
    struct health *health;
    struct http_settings http;
    struct dispatch dispatch;
    const struct observer *const *observers; /* that the configuration asks for */
    struct generation_kept *kept;            /* see generation_keep */
};

/*
 * Reads and checks a configuration and the tables of ${build}. All mistakes go to standard error;
 * help and version go to standard output. ${*action} says what the command line asks for. The
 * caller holds the result once.
 */
struct generation *generation_load(int argc, char **argv, const struct bff_build *build,
                                   enum config_action *action);

/*
 * Makes everything that requests need from a configuration whose action is CONFIG_SERVE. Afterwards
 * the generation does not change. Returns NULL, or what is wrong with the login in words.
 */
const char *generation_prepare(struct generation *generation);

/*
 * The generation takes over the caller's reference to ${object}, a piece of state in the registry
 * that its configuration names. It releases it at its end, so the state lives on while a later
 * generation keeps it, too. To be called before the generation is used.
 */
void generation_keep(struct generation *generation, void *object);

/* Adds one user. From any thread. Returns ${generation}. */
struct generation *generation_hold(struct generation *generation);

/* Removes one user. The last one frees the generation. From any thread. */
void generation_release(struct generation *generation);

#endif
