/* See proxy_passing.h. */
#include "bff/base/memory.h"
#include "bff/proxy/proxy_passing.h"
#include "bff/proxy/proxy_request.h"
#include "bff/proxy/proxy_transform.h"

struct proxy_passing *proxy_passing_new(struct request *request, const struct proxy_ask *ask)
{
    struct proxy_passing *passing = memory_new(sizeof(*passing));

    passing->request = request;
    passing->settings = worker_settings_hold(request->settings);
    passing->ask = *ask;
    passing->report =
        (struct route_report){.service = text_of(ask->route->service->name), .is_cancelled = true};
    return passing;
}

void proxy_passing_free(struct proxy_passing *passing)
{
    call_cancel(&passing->call, CALL_NOT_NEEDED);
    reply_stream_free(&passing->stream);
    tunnel_free(&passing->tunnel);
    if (passing->errand.worker != NULL)
        timer_clear(worker_timers(passing->errand.worker), &passing->limit);
    errand_end(&passing->errand);
    if (passing->background != NULL)
        cache_background_end(passing->background);
    if (passing->ahead_bytes > 0)
        passing->ask.cache->ahead_bytes -= passing->ahead_bytes;
    proxy_fill_free(passing->fill);
    pool_free(passing->texts);
    worker_settings_release(passing->settings);
    memory_free(passing);
}

bool proxy_passing_goes_on(const struct proxy_passing *passing)
{
    return passing->fill != NULL ? proxy_fill_is_on(passing->fill) : passing->texts != NULL;
}

void proxy_passing_own_texts(struct proxy_passing *passing)
{
    struct call_ask *ask = &passing->call_ask;
    struct text *texts[] = {&ask->method,      &ask->target, &ask->host,        &ask->headers,
                            &ask->traceparent, &ask->key,    &passing->ask.path};

    passing->texts = pool_new();
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i]->at != NULL)
            *texts[i] = pool_text(passing->texts, *texts[i]);
    if (passing->ask.transform != NULL && passing->ask.transform->has_body)
        ask->body = pool_text(passing->texts, ask->body);
    if (passing->ask.cache != NULL)
        passing->origin = proxy_request_origin(passing->request, passing->texts);
}
