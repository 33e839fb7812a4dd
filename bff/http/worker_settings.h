/*
 * The reference-counted settings of a worker. The application can replace them while the worker
 * serves. Until its end, a request uses the settings that were current at its beginning. A
 * connection always uses the current settings of its worker. So several settings can be in use at
 * the same time.
 *
 * The application embeds this struct in its own data for one worker and one configuration. All
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
    size_t holds;        /* number of references: of the worker, and of each request and tunnel */
    bool is_new;         /* the settings have not been the current ones yet */
    h2o_linklist_t link; /* in worker->settings_in_use */
    struct timer unused; /* set when the last reference is released */
    void (*on_unused)(struct worker_settings *settings);
};

/*
 * Adds ${settings} (all zero) to ${worker}, which gets one reference. ${http} must live until
 * ${on_unused} is called. ${on_unused} is called once, in the next step of the loop after the last
 * release, so never from inside worker_settings_release. It may free ${settings}. When the worker
 * ends, worker_settings_end calls it.
 */
void worker_settings_add(struct worker *worker, struct worker_settings *settings,
                         const struct http_settings *http,
                         void (*on_unused)(struct worker_settings *settings));

/*
 * Makes ${settings} the current settings of ${worker}, for its connections and for requests that
 * begin from now on. The worker releases the settings that were current before.
 * A worker that listens uses worker_listen_switch in place of this function.
 */
void worker_settings_switch(struct worker *worker, struct worker_settings *settings);

/* Adds one reference to ${settings}. */
static inline struct worker_settings *worker_settings_hold(struct worker_settings *settings)
{
    settings->holds++;
    return settings;
}

/* Releases one reference to ${settings}. */
void worker_settings_release(struct worker_settings *settings);

/*
 * To be called when the worker's loop has ended. The worker releases its current settings and the
 * settings that have not been current yet. on_unused is called for all settings without references.
 * If a request that was cut off still has a reference to settings, on_unused is not called for
 * these settings.
 */
void worker_settings_end(struct worker *worker);

#endif
