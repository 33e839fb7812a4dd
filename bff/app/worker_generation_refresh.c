/* See worker_generation_refresh.h. */
#include "bff/app/worker_generation_refresh.h"
#include "bff/http/worker.h"

static void hold(void *owner)
{
    worker_settings_hold(&((struct worker_generation *)owner)->settings);
}

static void release(void *owner)
{
    worker_settings_release(&((struct worker_generation *)owner)->settings);
}

void worker_generation_refresh_prepare(struct worker_generation *own, struct worker *worker)
{
    const struct generation *generation = own->generation;

    if (!generation->config.session.is_on)
        return;
    own->dispatch.refreshes = session_refresh_new(&(struct session_refresh_with){
        .peers = {.settings = &generation->config.session,
                  .login = own->dispatch.login,
                  .upstream = own->dispatch.upstream,
                  .oidc = own->dispatch.oidc},
        .store = generation->dispatch.sessions,
        .refreshed = own->dispatch.refreshed,
        .redis = own->dispatch.redis,
        .revocations = own->dispatch.revocations,
        .timers = worker_timers(worker),
        .hold = hold,
        .release = release,
        .owner = own,
    });
}
