/* See worker_settings.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/http/worker.h"
#include "bff/http/worker_settings.h"

static void end(struct worker_settings *settings)
{
    timer_clear(worker_timers(settings->worker), &settings->unused);
    h2o_linklist_unlink(&settings->link);
    settings->on_unused(settings);
}

static void on_unused_timer(struct timer *timer)
{
    end(H2O_STRUCT_FROM_MEMBER(struct worker_settings, unused, timer));
}

void worker_settings_add(struct worker *worker, struct worker_settings *settings,
                         const struct http_settings *http,
                         void (*on_unused)(struct worker_settings *settings))
{
    *settings = (struct worker_settings){
        .http = http,
        .worker = worker,
        .holds = 1,
        .is_new = true,
        .unused = {.fire = on_unused_timer},
        .on_unused = on_unused,
    };
    h2o_linklist_insert(&worker->settings_in_use, &settings->link);
}

void worker_settings_release(struct worker_settings *settings)
{
    must(settings->holds > 0);
    settings->holds--;
    if (settings->holds == 0)
        timer_set(worker_timers(settings->worker), &settings->unused, clock_now_ns());
}

/*
 * Sets libh2o's own limits. Each worker has its own libh2o configuration, so no other thread reads
 * these values. For each timeout, a context has one list of entries, in the order in which they
 * began. This order is still right when the timeout of the whole list changes.
 */
static void tell_libh2o(struct worker *worker, const struct http_settings *http)
{
    const struct server_limits *limits = &http->limits;

    worker->config.max_request_entity_size = limits_body_memory(http->body_limit);
    worker->config.http2.max_concurrent_requests_per_connection = limits->http2_requests;
    worker->context.handshake_timeout.timeout = limits->header_ms;
    worker->context.http1.req_timeout.timeout = limits_request_ms(limits);
    worker->context.http2.idle_timeout.timeout = limits->idle_ms;
}

void worker_settings_switch(struct worker *worker, struct worker_settings *settings)
{
    struct worker_settings *before = worker->settings;

    must(settings->worker == worker && settings != before);
    worker->settings = settings;
    settings->is_new = false;
    tell_libh2o(worker, settings->http);
    if (before != NULL)
        worker_settings_release(before);
}

void worker_settings_end(struct worker *worker)
{
    h2o_linklist_t *next;

    worker_settings_release(worker->settings);
    for (h2o_linklist_t *at = worker->settings_in_use.next; at != &worker->settings_in_use;
         at = next) {
        struct worker_settings *settings = H2O_STRUCT_FROM_MEMBER(struct worker_settings, link, at);
        next = at->next;
        if (settings->is_new && settings->holds > 0)
            worker_settings_release(settings);
        if (settings->holds == 0)
            end(settings);
    }
}
