/* See upstream.h. */
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/upstream/breaker.h"
#include "bff/upstream/upstream.h"

/* Names. */

void upstream_listen(struct upstream *upstream, struct upstream_listener *listener)
{
    h2o_linklist_insert(&upstream->listeners, &listener->link);
}

void upstream_unlisten(struct upstream_listener *listener)
{
    if (h2o_linklist_is_linked(&listener->link))
        h2o_linklist_unlink(&listener->link);
}

static void follow(struct upstream *upstream, struct upstream_service *service)
{
    if (!endpoint_set_follow(&service->set))
        return;
    balance_set(&service->balance, service->set.members, service->set.count);
    for (h2o_linklist_t *at = upstream->listeners.next; at != &upstream->listeners; at = at->next) {
        struct upstream_listener *listener =
            H2O_STRUCT_FROM_MEMBER(struct upstream_listener, link, at);
        listener->changed(listener, service);
    }
}

static bool is_resolved(const struct upstream *upstream)
{
    for (size_t i = 0; i < upstream->service_count; i++)
        if (!endpoint_set_is_looked_up(&upstream->services[i].set))
            return false;
    return true;
}

/* The last callback may free ${upstream}. */
static void on_looked_up(struct endpoints_listener *listener)
{
    struct upstream *upstream = H2O_STRUCT_FROM_MEMBER(struct upstream, listener, listener);
    void (*on_resolved)(void *cookie) = upstream->on_resolved;

    for (size_t i = 0; i < upstream->service_count; i++)
        follow(upstream, &upstream->services[i]);
    if (on_resolved == NULL || !is_resolved(upstream))
        return;
    upstream->on_resolved = NULL;
    on_resolved(upstream->cookie);
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

static void init_service(struct upstream *upstream, struct upstream_service *service,
                         const struct service_settings *settings)
{
    struct registry *registry = endpoint_loop_registry(upstream->on);
    const char *name = settings->service->name;

    service->settings = settings;
    upstream->has_hash = upstream->has_hash || settings->balance == SERVICE_HASH;
    service->state = service_state_hold(registry, name);
    if (settings->breaker.volume > 0)
        service->breaker = breaker_hold(registry, text_of(name));
    if (bulkhead_is_needed(settings))
        bulkhead_queue_init(&service->queue, bulkhead_hold(registry, text_of(name)),
                            endpoints_bell(upstream->endpoints), settings);
    balance_init(&service->balance, settings, service->state, &upstream->random);
    endpoint_set_init(&service->set, upstream->endpoints, settings);
    balance_set(&service->balance, service->set.members, service->set.count);
}

struct upstream *upstream_new(struct endpoints *endpoints, const struct service_settings *settings,
                              size_t count)
{
    struct upstream *upstream = memory_new(sizeof(*upstream));

    upstream->on = &endpoints->on;
    upstream->endpoints = endpoints;
    upstream->listener.looked_up = on_looked_up;
    h2o_linklist_init_anchor(&upstream->listeners);
    random_seed(&upstream->random);
    upstream->services = memory_new(count * sizeof(*upstream->services));
    upstream->service_count = count;
    for (size_t i = 0; i < count; i++)
        init_service(upstream, &upstream->services[i], &settings[i]);
    return upstream;
}

static void dispose(struct upstream *upstream)
{
    for (size_t i = 0; i < upstream->service_count; i++) {
        struct upstream_service *service = &upstream->services[i];
        endpoint_set_release(&service->set);
        balance_free(&service->balance);
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
    must(!upstream->is_over && h2o_linklist_is_empty(&upstream->listeners));
    upstream->is_over = true;
    endpoints_unlisten(&upstream->listener);
    for (size_t i = 0; i < upstream->service_count; i++)
        endpoint_set_forget(&upstream->services[i].set);
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
