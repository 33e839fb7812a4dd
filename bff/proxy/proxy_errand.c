/* See proxy_errand.h. */
#include "bff/base/clock.h"
#include "bff/proxy/proxy_errand.h"

static void on_limit(struct timer *timer)
{
    proxy_passing_free(H2O_STRUCT_FROM_MEMBER(struct proxy_passing, limit, timer));
}

void proxy_errand_limit(struct proxy_passing *passing)
{
    uint32_t total_ms = passing->call.service->settings->total_ms;

    passing->limit.fire = on_limit;
    timer_set(worker_timers(passing->errand.worker), &passing->limit,
              clock_now_ns() + total_ms * CLOCK_MS);
}

/* A request that has been sent is not repeated, because its body is freed. A fill has none, and a
 * spool stays. */
bool proxy_errand_begin(struct proxy_passing *passing)
{
    bool is_sent = call_is_sent(&passing->call);

    if (!proxy_passing_goes_on(passing) || !call_is_running(&passing->call) ||
        !errand_begin(&passing->errand, passing->request,
                      !is_sent && passing->call_ask.upload == NULL))
        return false;
    passing->request = NULL;
    if (passing->fill == NULL && passing->spool == NULL) {
        passing->call_ask.may_repeat = passing->call_ask.may_repeat && !is_sent;
        passing->call_ask.is_body_gone = is_sent;
    }
    if (passing->has_head)
        proxy_errand_limit(passing);
    proxy_upload_end(&passing->upload);
    reply_stream_free(&passing->stream);
    call_resume(&passing->call);
    return true;
}
