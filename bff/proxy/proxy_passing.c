/* See proxy_passing.h. */
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/edge/balance_key.h"
#include "bff/http/method.h"
#include "bff/proxy/proxy_passing.h"
#include "bff/proxy/proxy_request.h"

/* Copies what the call borrows, except for the body. */
static void own_texts(struct proxy_passing *passing)
{
    struct call_ask *ask = &passing->call_ask;
    struct text *texts[] = {&ask->method,      &ask->target, &ask->host,        &ask->headers,
                            &ask->traceparent, &ask->key,    &passing->ask.path};

    passing->texts = pool_new();
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i]->at != NULL)
            *texts[i] = pool_text(passing->texts, *texts[i]);
    if (passing->ask.cache != NULL)
        passing->origin = proxy_request_origin(passing->request, passing->texts);
}

/* The response that is stored is that to GET, also when HEAD has found that it is too old. */
static struct text method_of(const struct proxy_passing *passing)
{
    return passing->fill != NULL ? TEXT("GET") : passing->request->method;
}

static void describe_call(struct proxy_passing *passing)
{
    struct request *request = passing->request;
    const struct proxy_ask *ask = &passing->ask;
    const struct plain_route *route = ask->route;
    bool wants_upgrade = proxy_request_wants_upgrade(request, route);

    passing->call_ask = (struct call_ask){
        .service = route->service,
        .key = balance_key_for(request, ask->upstream, route->service),
        .method = method_of(passing),
        .target = plain_route_target(request->pool, route, ask->path, request->query),
        .host = route->keeps_host ? request->host : (struct text){0},
        .headers = proxy_request_fields(request, ask),
        .traceparent = request->traceparent,
        .body = request_body(request),
        .head_by_ns = ask->head_by_ns,
        .may_repeat = method_is_idempotent(request->method) && !wants_upgrade,
        .hedge = method_may_change(request->method) ? NULL : route->hedge,
        .breaker = route->breaker,
        .wants_upgrade = wants_upgrade,
        .first_byte_ms = route->first_byte_ms,
        .idle_ms = route->idle_ms > 0 ? route->idle_ms : PLAIN_IDLE_MS,
    };
}

static void describe(struct proxy_passing *passing)
{
    struct proxy_cached *cached = passing->ask.cached;

    if (cached != NULL && proxy_cache_fills(cached))
        passing->fill = proxy_fill_begin(cached);
    describe_call(passing);
    if (passing->fill != NULL || method_may_change(passing->request->method))
        own_texts(passing);
}

struct proxy_passing *proxy_passing_new(struct request *request, const struct proxy_ask *ask)
{
    struct proxy_passing *passing = memory_new(sizeof(*passing));

    passing->request = request;
    passing->settings = worker_settings_hold(request->settings);
    passing->ask = *ask;
    passing->report =
        (struct route_report){.service = text_of(ask->route->service->name), .is_cancelled = true};
    describe(passing);
    return passing;
}

void proxy_passing_renew(struct proxy_passing *passing)
{
    must(!call_is_running(&passing->call));
    proxy_fill_free(passing->fill);
    pool_free(passing->texts);
    passing->fill = NULL;
    passing->texts = NULL;
    passing->ask = passing->ask.cached->ask; /* without the texts that were copied */
    describe(passing);
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
    proxy_fill_free(passing->fill);
    pool_free(passing->texts);
    worker_settings_release(passing->settings);
    memory_free(passing);
}

bool proxy_passing_goes_on(const struct proxy_passing *passing)
{
    return passing->fill != NULL ? proxy_fill_is_on(passing->fill) : passing->texts != NULL;
}
