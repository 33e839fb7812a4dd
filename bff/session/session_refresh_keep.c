/* See session_refresh_keep.h. */
#include <stddef.h>

#include "bff/base/clock.h"

#include "bff/session/session_refresh_keep.h"

#define ATTEMPTS_MOST 7
#define PAUSE_MS 300 /* between two attempts */

static void on_timer(struct timer *timer)
{
    session_refresh_keep_save(
        (struct session_refresh_keep *)((char *)timer -
                                        offsetof(struct session_refresh_keep, timer)));
}

static void on_saved(struct session_store_call *call, enum session_store_end end)
{
    struct session_refresh_keep *keep = call->context;

    if (end != SESSION_STORE_AWAY || ++keep->failures == ATTEMPTS_MOST) {
        keep->done(keep, end);
        return;
    }
    keep->timer.fire = on_timer;
    timer_set(keep->timers, &keep->timer, clock_now_ns() + PAUSE_MS * CLOCK_MS);
}

static void on_dropped(struct session_store_call *call, enum session_store_end end)
{
    struct session_refresh_keep *keep = call->context;

    keep->done(keep, end);
}

static void prepare(struct session_refresh_keep *keep,
                    void (*done)(struct session_store_call *call, enum session_store_end end))
{
    keep->call = (struct session_store_call){
        .redis = keep->redis,
        .pool = keep->pool,
        .now_s = clock_wall_s(),
        .done = done,
        .context = keep,
    };
}

void session_refresh_keep_save(struct session_refresh_keep *keep)
{
    prepare(keep, on_saved);
    enum session_store_end end =
        session_store_save(keep->store, &keep->call, keep->session, SESSION_STORE_AGAIN);
    if (end != SESSION_STORE_WAITS)
        on_saved(&keep->call, end);
}

void session_refresh_keep_drop(struct session_refresh_keep *keep)
{
    prepare(keep, on_dropped);
    enum session_store_end end = session_store_drop(keep->store, &keep->call, keep->session->id);
    if (end != SESSION_STORE_WAITS)
        on_dropped(&keep->call, end);
}

void session_refresh_keep_stop(struct session_refresh_keep *keep)
{
    if (keep->timers == NULL)
        return;
    timer_clear(keep->timers, &keep->timer);
    session_store_cancel(&keep->call);
}
