/* See upstream.h. */
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/upstream/breaker.h"
#include "bff/upstream/upstream.h"

/* Every endpoint. */

static void each_endpoint(struct upstream *upstream, void (*visit)(struct endpoint *))
{
    for (size_t i = 0; i < upstream->service_count; i++)
        for (size_t j = 0; j < upstream->services[i].balance.count; j++)
            visit(upstream->services[i].endpoints[j]);
}

/* Names. */

static bool is_resolved(const struct upstream *upstream)
{
    for (size_t i = 0; i < upstream->service_count; i++)
        for (size_t j = 0; j < upstream->services[i].balance.count; j++)
            if (!upstream->services[i].endpoints[j]->is_looked_up)
                return false;
    return true;
}

static void on_looked_up(struct endpoints_listener *listener)
{
    struct upstream *upstream = H2O_STRUCT_FROM_MEMBER(struct upstream, listener, listener);

    if (!is_resolved(upstream))
        return;
    endpoints_unlisten(listener);
    upstream->on_resolved(upstream->cookie);
}

void upstream_start(struct upstream *upstream, uint32_t resolve_ms,
                    void (*on_resolved)(void *cookie), void *cookie)
{
    upstream->on_resolved = on_resolved;
    upstream->cookie = cookie;
    endpoints_resolve(upstream->endpoints, resolve_ms);
    endpoints_listen(upstream->endpoints, &upstream->listener);
    on_looked_up(&upstream->listener);
}

/* Life. */

static void hold_endpoints(struct upstream *upstream, struct upstream_service *service)
{
    const struct service_settings *settings = service->settings;
    size_t count = settings->endpoint_count;

    service->endpoints = memory_new(count * sizeof(*service->endpoints));
    service->members = memory_new(count * sizeof(*service->members));
    for (size_t i = 0; i < count; i++) {
        const struct service_endpoint *at = &settings->endpoints[i];
        service->endpoints[i] =
            endpoints_hold(upstream->endpoints, settings->service->name, at, settings->trust);
        service->members[i] = (struct balance_member){service->endpoints[i], at, (unsigned)i};
    }
    balance_set(&service->balance, service->members, count);
}

static void init_service(struct upstream *upstream, struct upstream_service *service,
                         const struct service_settings *settings)
{
    struct registry *registry = endpoint_loop_registry(upstream->on);
    const char *name = settings->service->name;

    must(settings->endpoint_count > 0);
    service->settings = settings;
    service->state = service_state_hold(registry, name);
    if (settings->breaker.volume > 0)
        service->breaker = breaker_hold(registry, text_of(name));
    if (bulkhead_is_needed(settings))
        bulkhead_queue_init(&service->queue, bulkhead_hold(registry, text_of(name)),
                            endpoints_bell(upstream->endpoints), settings);
    balance_init(&service->balance, settings, service->state, &upstream->random);
    hold_endpoints(upstream, service);
}

struct upstream *upstream_new(struct endpoints *endpoints, const struct service_settings *settings,
                              size_t count)
{
    struct upstream *upstream = memory_new(sizeof(*upstream));

    upstream->on = &endpoints->on;
    upstream->endpoints = endpoints;
    upstream->listener.looked_up = on_looked_up;
    random_seed(&upstream->random);
    upstream->services = memory_new(count * sizeof(*upstream->services));
    upstream->service_count = count;
    for (size_t i = 0; i < count; i++)
        init_service(upstream, &upstream->services[i], &settings[i]);
    return upstream;
}

static void dispose(struct upstream *upstream)
{
    each_endpoint(upstream, endpoints_release);
    for (size_t i = 0; i < upstream->service_count; i++) {
        struct upstream_service *service = &upstream->services[i];
        balance_free(&service->balance);
        memory_free(service->endpoints);
        memory_free(service->members);
        registry_release(service->queue.shared);
        registry_release(service->breaker);
        registry_release(service->state);
    }
    memory_free(upstream->services);
    memory_free(upstream);
}

void upstream_free(struct upstream *upstream)
{
    if (upstream == NULL)
        return;
    must(!upstream->is_over);
    upstream->is_over = true;
    endpoints_unlisten(&upstream->listener);
    each_endpoint(upstream, endpoints_forget);
    if (upstream->calls == 0)
        dispose(upstream);
}

void upstream_call_begins(struct upstream *upstream)
{
    must(!upstream->is_over);
    upstream->calls++;
}

void upstream_call_ended(struct upstream *upstream)
{
    must(upstream->calls > 0);
    upstream->calls--;
    if (upstream->is_over && upstream->calls == 0)
        dispose(upstream);
}

struct upstream_service *upstream_service(struct upstream *upstream,
                                          const struct bff_service *service)
{
    for (size_t i = 0; i < upstream->service_count; i++)
        if (upstream->services[i].settings->service == service)
            return &upstream->services[i];
    return NULL;
}
