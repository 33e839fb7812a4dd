/*
 * The settings that a worker uses, counted. The application replaces them while the worker serves:
 * a request uses the settings it began with until its end, and a connection uses the current ones
 * of its worker. So two settings can be in use at the same time.
 *
 * The application embeds this struct in what it keeps for one worker and one configuration. All
 * functions are called in the worker's thread; the count is not atomic.
 */
#ifndef BFF_HTTP_WORKER_SETTINGS_H
#define BFF_HTTP_WORKER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include <h2o/linklist.h>

#include "bff/http/http_settings.h"
#include "bff/loop/timer.h"

struct worker;

struct worker_settings {
    const struct http_settings *http;
    struct worker *worker;
    size_t holds;        /* the worker's own one, and one of each request and tunnel */
    bool is_new;         /* they have not been the current ones yet */
    h2o_linklist_t link; /* in worker->settings_in_use */
    struct timer unused; /* set when the last hold is released */
    void (*on_unused)(struct worker_settings *settings);
};

/*
 * Adds ${settings} (all zero) to ${worker}, which holds it once. ${http} lives until ${on_unused}.
 * ${on_unused} is called once, after the last release and in the loop's next step, so never from
 * inside a release; it may free ${settings}. At the worker's end worker_settings_end calls it.
 */
void worker_settings_add(struct worker *worker, struct worker_settings *settings,
                         const struct http_settings *http,
                         void (*on_unused)(struct worker_settings *settings));

/*
 * Makes ${settings} the current ones of ${worker}: for the connections that it has and for the
 * requests that begin from now on. The worker releases the ones that were current before.
 */
void worker_settings_switch(struct worker *worker, struct worker_settings *settings);

/* Adds one user of ${settings}. */
static inline struct worker_settings *worker_settings_hold(struct worker_settings *settings)
{
    settings->holds++;
    return settings;
}

/* Removes one user of ${settings}. */
void worker_settings_release(struct worker_settings *settings);

/*
 * The worker's loop has ended: the worker releases its current settings and those that have not
 * been current yet, and on_unused is called for all settings that nobody holds. When a request that
 * was cut off still holds settings, on_unused is not called for them.
 */
void worker_settings_end(struct worker *worker);

#endif
