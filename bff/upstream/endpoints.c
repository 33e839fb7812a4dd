/* See endpoints.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/upstream/connection.h"
#include "bff/upstream/endpoints.h"
#include "bff/upstream/trust.h"

static struct endpoint *endpoint_at(h2o_linklist_t *link)
{
    return H2O_STRUCT_FROM_MEMBER(struct endpoint, link, link);
}

/* Idle connections. */

static void on_sweep(struct timer *timer)
{
    struct endpoints *endpoints = H2O_STRUCT_FROM_MEMBER(struct endpoints, sweep, timer);
    int64_t now_ns = clock_now_ns();

    for (h2o_linklist_t *at = endpoints->all.next; at != &endpoints->all; at = at->next)
        connection_close_idle(endpoint_at(at), now_ns - ENDPOINTS_IDLE_MS * CLOCK_MS);
    timer_set(endpoints->on.timers, timer, now_ns + ENDPOINTS_SWEEP_MS * CLOCK_MS);
}

/* Names. */

void endpoints_listen(struct endpoints *endpoints, struct endpoints_listener *listener)
{
    listener->round = endpoints->round;
    if (!h2o_linklist_is_linked(&listener->link))
        h2o_linklist_insert(&endpoints->listeners, &listener->link);
}

void endpoints_unlisten(struct endpoints_listener *listener)
{
    if (h2o_linklist_is_linked(&listener->link))
        h2o_linklist_unlink(&listener->link);
}

static struct endpoints_listener *next_to_tell(const struct endpoints *endpoints)
{
    for (h2o_linklist_t *at = endpoints->listeners.next; at != &endpoints->listeners;
         at = at->next) {
        struct endpoints_listener *listener =
            H2O_STRUCT_FROM_MEMBER(struct endpoints_listener, link, at);
        if (listener->round != endpoints->round)
            return listener;
    }
    return NULL;
}

/* A listener may remove itself and others in its callback. So the search begins anew after each
 * callback. */
static void tell_listeners(struct endpoints *endpoints)
{
    struct endpoints_listener *listener;

    endpoints->round++;
    while ((listener = next_to_tell(endpoints)) != NULL) {
        listener->round = endpoints->round;
        listener->looked_up(listener);
    }
}

static struct endpoints *owner(const struct endpoint *endpoint)
{
    return H2O_STRUCT_FROM_MEMBER(struct endpoints, on, endpoint->on);
}

static void on_looked_up(struct resolve *addresses)
{
    struct endpoint *endpoint = H2O_STRUCT_FROM_MEMBER(struct endpoint, addresses, addresses);

    endpoint->is_looked_up = true;
    connection_close_gone(endpoint);
    tell_listeners(owner(endpoint));
}

static void on_resolve(struct timer *timer)
{
    struct endpoints *endpoints = H2O_STRUCT_FROM_MEMBER(struct endpoints, resolve, timer);

    for (h2o_linklist_t *at = endpoints->all.next; at != &endpoints->all; at = at->next)
        resolve_again(&endpoint_at(at)->addresses, endpoints->on.resolver, on_looked_up);
    timer_set(endpoints->on.timers, timer, clock_now_ns() + endpoints->resolve_ms * CLOCK_MS);
}

void endpoints_resolve(struct endpoints *endpoints, uint32_t resolve_ms)
{
    endpoints->resolve_ms = resolve_ms;
    on_resolve(&endpoints->resolve);
    if (!timer_is_set(&endpoints->sweep))
        on_sweep(&endpoints->sweep);
}

/* Holding. */

/* Endpoints with the same service, scheme, host and port have the same state. */
static bool is_same(const struct endpoint *a, const struct endpoint *b)
{
    return a->state == b->state && trust_equal(a->trust, b->trust);
}

static struct endpoint *find(struct endpoints *endpoints, const struct endpoint *like)
{
    for (h2o_linklist_t *at = endpoints->all.next; at != &endpoints->all; at = at->next)
        if (is_same(endpoint_at(at), like))
            return endpoint_at(at);
    return NULL;
}

struct endpoint *endpoints_hold(struct endpoints *endpoints,
                                const struct endpoint_identity *identity)
{
    struct endpoint *endpoint = endpoint_new(&endpoints->on, identity);
    struct endpoint *known = find(endpoints, endpoint);

    if (known != NULL) {
        endpoint_free(endpoint);
        endpoint = known;
    } else {
        endpoint->is_looked_up = endpoint->addresses.is_literal;
        h2o_linklist_insert(&endpoints->all, &endpoint->link);
    }
    endpoint->named++;
    endpoint->held++;
    return endpoint;
}

void endpoints_forget(struct endpoint *endpoint)
{
    must(endpoint->named > 0);
    if (--endpoint->named > 0)
        return;
    endpoint->is_forgotten = true;
    h2o_linklist_unlink(&endpoint->link);
    connection_close_idle(endpoint, INT64_MAX);
    resolve_cancel(&endpoint->addresses);
}

void endpoints_use(struct endpoint *endpoint)
{
    if (endpoint->held++ == 0)
        h2o_linklist_unlink(&endpoint->link);
}

void endpoints_release(struct endpoint *endpoint)
{
    struct endpoints *endpoints = owner(endpoint);

    must(endpoint->held > endpoint->named);
    if (--endpoint->held > 0)
        return;
    h2o_linklist_insert(&endpoints->unused, &endpoint->link);
    if (!timer_is_set(&endpoints->free_unused))
        timer_set(endpoints->on.timers, &endpoints->free_unused, clock_now_ns());
}

static void free_unused(struct endpoints *endpoints)
{
    while (!h2o_linklist_is_empty(&endpoints->unused)) {
        struct endpoint *endpoint = endpoint_at(endpoints->unused.next);
        h2o_linklist_unlink(&endpoint->link);
        endpoint_free(endpoint);
    }
}

static void on_free_unused(struct timer *timer)
{
    free_unused(H2O_STRUCT_FROM_MEMBER(struct endpoints, free_unused, timer));
}

/* The bell. */

struct bell *endpoints_bell(struct endpoints *endpoints)
{
    if (endpoints->bell == NULL)
        endpoints->bell = bell_take(endpoint_loop_registry(&endpoints->on), endpoints->on.loop);
    return endpoints->bell;
}

/* Life. */

struct endpoints *endpoints_new(const struct endpoint_loop *on)
{
    struct endpoints *endpoints = memory_new(sizeof(*endpoints));

    endpoints->on = *on;
    endpoints->on.scratch = memory_new(ENDPOINT_SCRATCH_BYTES);
    h2o_linklist_init_anchor(&endpoints->all);
    h2o_linklist_init_anchor(&endpoints->unused);
    h2o_linklist_init_anchor(&endpoints->listeners);
    endpoints->sweep.fire = on_sweep;
    endpoints->resolve.fire = on_resolve;
    endpoints->free_unused.fire = on_free_unused;
    return endpoints;
}

void endpoints_free(struct endpoints *endpoints)
{
    if (endpoints == NULL)
        return;
    must(h2o_linklist_is_empty(&endpoints->all) && h2o_linklist_is_empty(&endpoints->listeners));
    free_unused(endpoints);
    timer_clear(endpoints->on.timers, &endpoints->free_unused);
    timer_clear(endpoints->on.timers, &endpoints->sweep);
    timer_clear(endpoints->on.timers, &endpoints->resolve);
    bell_return(endpoints->bell);
    memory_free(endpoints->on.scratch);
    memory_free(endpoints);
}
