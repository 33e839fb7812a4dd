/* See upstream.h. */
#include <stdio.h>

#include <h2o/linklist.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/upstream/connection.h"
#include "bff/upstream/tls.h"
#include "bff/upstream/upstream.h"

/* Every endpoint. */

static void each_endpoint(struct upstream *upstream, void (*visit)(struct upstream_endpoint *))
{
    for (size_t i = 0; i < upstream->service_count; i++) {
        struct upstream_service *service = &upstream->services[i];
        for (size_t j = 0; j < service->settings->endpoint_count; j++)
            visit(&service->endpoints[j]);
    }
}

static void sweep_endpoint(struct upstream_endpoint *endpoint)
{
    connection_close_idle(endpoint, clock_now_ns() - UPSTREAM_IDLE_MS * CLOCK_MS);
}

static void on_sweep(struct timer *timer)
{
    struct upstream *upstream = H2O_STRUCT_FROM_MEMBER(struct upstream, sweep, timer);

    each_endpoint(upstream, sweep_endpoint);
    timer_set(upstream->on.timers, timer, clock_now_ns() + UPSTREAM_SWEEP_MS * CLOCK_MS);
}

/* Names. */

static void tell_resolved(struct upstream *upstream)
{
    void (*tell)(void *cookie) = upstream->on_resolved;

    if (upstream->looking > 0 || tell == NULL)
        return;
    upstream->on_resolved = NULL;
    tell(upstream->cookie);
}

static void on_looked_up(struct resolve *addresses)
{
    struct upstream_endpoint *endpoint =
        H2O_STRUCT_FROM_MEMBER(struct upstream_endpoint, addresses, addresses);

    endpoint->upstream->looking--;
    tell_resolved(endpoint->upstream);
}

static void look_up(struct upstream_endpoint *endpoint)
{
    if (endpoint->addresses.is_literal || endpoint->addresses.under_way != NULL)
        return;
    endpoint->upstream->looking++;
    resolve_again(&endpoint->addresses, endpoint->upstream->on.resolver, on_looked_up);
}

static void on_resolve(struct timer *timer)
{
    struct upstream *upstream = H2O_STRUCT_FROM_MEMBER(struct upstream, resolve, timer);

    each_endpoint(upstream, look_up);
    timer_set(upstream->on.timers, timer, clock_now_ns() + upstream->resolve_ms * CLOCK_MS);
}

void upstream_start(struct upstream *upstream, uint32_t resolve_ms,
                    void (*on_resolved)(void *cookie), void *cookie)
{
    upstream->resolve_ms = resolve_ms;
    upstream->on_resolved = on_resolved;
    upstream->cookie = cookie;
    on_resolve(&upstream->resolve);
    on_sweep(&upstream->sweep);
    tell_resolved(upstream);
}

/* Life. */

static struct text request_tail(const struct service_endpoint *at)
{
    static const char format[] = " HTTP/1.1\r\nhost: %s\r\n";
    size_t size = sizeof(format) + strlen(at->authority);
    char *tail = memory_new(size);
    int len = snprintf(tail, size, format, at->authority);

    return (struct text){tail, (size_t)len};
}

static int init_endpoint(struct upstream_endpoint *endpoint,
                         const struct service_settings *settings, const char **wrong)
{
    h2o_linklist_init_anchor(&endpoint->idle);
    resolve_init(&endpoint->addresses, endpoint->at->host, endpoint->at->port);
    endpoint->request_tail = request_tail(endpoint->at);
    if (!endpoint->at->is_tls)
        return 0;
    endpoint->tls = tls_client_context(endpoint->at->host, settings->ca_file, wrong);
    return endpoint->tls == NULL ? -1 : 0;
}

static int init_service(struct upstream *upstream, struct upstream_service *service,
                        const char **wrong)
{
    const struct service_settings *settings = service->settings;
    int failed = 0;

    must(settings->endpoint_count > 0);
    service->endpoints = memory_new(settings->endpoint_count * sizeof(*service->endpoints));
    balance_init(&service->balance, settings->endpoint_count);
    for (size_t i = 0; i < settings->endpoint_count; i++) {
        service->endpoints[i].at = &settings->endpoints[i];
        service->endpoints[i].upstream = upstream;
        failed |= init_endpoint(&service->endpoints[i], settings, wrong);
    }
    return failed;
}

struct upstream *upstream_new(const struct upstream_loop *on,
                              const struct service_settings *settings, size_t count,
                              const char **wrong)
{
    struct upstream *upstream = memory_new(sizeof(*upstream));
    int failed = 0;

    upstream->on = *on;
    random_seed(&upstream->random);
    upstream->scratch = memory_new(UPSTREAM_SCRATCH_BYTES);
    upstream->sweep.fire = on_sweep;
    upstream->resolve.fire = on_resolve;
    upstream->services = memory_new(count * sizeof(*upstream->services));
    upstream->service_count = count;
    for (size_t i = 0; i < count; i++) {
        upstream->services[i].settings = &settings[i];
        failed |= init_service(upstream, &upstream->services[i], wrong);
    }
    if (failed == 0)
        return upstream;
    upstream_free(upstream);
    return NULL;
}

static void free_endpoint(struct upstream_endpoint *endpoint)
{
    connection_close_idle(endpoint, INT64_MAX);
    resolve_cancel(&endpoint->addresses);
    SSL_CTX_free(endpoint->tls);
    memory_free((char *)endpoint->request_tail.at);
}

void upstream_free(struct upstream *upstream)
{
    if (upstream == NULL)
        return;
    timer_clear(upstream->on.timers, &upstream->sweep);
    timer_clear(upstream->on.timers, &upstream->resolve);
    each_endpoint(upstream, free_endpoint);
    for (size_t i = 0; i < upstream->service_count; i++)
        memory_free(upstream->services[i].endpoints);
    memory_free(upstream->services);
    memory_free(upstream->scratch);
    memory_free(upstream);
}

struct upstream_service *upstream_service(struct upstream *upstream,
                                          const struct bff_service *service)
{
    for (size_t i = 0; i < upstream->service_count; i++)
        if (upstream->services[i].settings->service == service)
            return &upstream->services[i];
    return NULL;
}
