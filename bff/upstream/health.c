/* See health.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/base/registry.h"
#include "bff/upstream/breaker.h"
#include "bff/upstream/ejection.h"
#include "bff/upstream/health.h"
#include "bff/upstream/health_known.h"
#include "bff/upstream/health_probe.h"
#include "bff/upstream/health_watched.h"

struct watched {
    struct health_watched endpoints;
    struct health *health;
    struct breaker *breaker; /* NULL: there is none */
    struct timer next;
    int64_t since_ms; /* wall clock, when this struct was made */
};

struct health {
    struct watched *services;
    size_t count;
    health_changed changed;
    struct upstream *upstream; /* NULL: not started */
    struct upstream_listener listener;
};

static struct watched *watched_of(struct health_watched *endpoints)
{
    return H2O_STRUCT_FROM_MEMBER(struct watched, endpoints, endpoints);
}

static const struct service_settings *settings_of(const struct watched *service)
{
    return service->endpoints.settings;
}

/* Results. */

/* Returns the report of a service after the report ${last} of one of its endpoints has been
 * written. The reason is that of ${last} if this endpoint is down, or else that of the first
 * endpoint that is down. */
static struct health_report service_after(const struct health_watched *of,
                                          const struct health_report *last)
{
    struct health_report report = health_known_read(of->known), failed = {0};
    size_t up = 0, down = 0;

    if (last->state == HEALTH_DOWN)
        failed = *last;
    for (size_t i = 0; i < of->count; i++) {
        struct health_report one = health_known_read(of->endpoints[i]->known);
        up += one.state == HEALTH_UP;
        down += one.state == HEALTH_DOWN;
        if (failed.state != HEALTH_DOWN && one.state == HEALTH_DOWN)
            failed = one;
    }
    if (up > 0)
        report.state = HEALTH_UP;
    else if (down == of->count)
        report.state = HEALTH_DOWN;
    report.reason = failed.reason;
    report.status = failed.status;
    report.asked_ms = last->asked_ms;
    report.took_ns = last->took_ns;
    return report;
}

/* Both reports are about the service, or about its endpoint ${label}. */
static void tell(const struct watched *of, const char *label, const struct health_report *before,
                 const struct health_report *now)
{
    bool is_up = now->state != HEALTH_DOWN, was_up = before->state != HEALTH_DOWN;
    const struct health_report *down = is_up ? before : now;

    if (is_up == was_up || of->health->changed == NULL)
        return;
    of->health->changed(&(struct health_change){
        .service = settings_of(of)->service->name,
        .endpoint = label,
        .is_up = is_up,
        .reason = down->reason,
        .status = down->status,
        .down_since_ms = down->since_ms,
    });
}

/* Copies what is known about the endpoint to its state, which all workers read. The reports of an
 * earlier configuration may not exist any more. Then the state stays as it is until the first
 * result. */
static void steer(const struct health_watched_endpoint *endpoint)
{
    enum health_state known =
        endpoint->known == NULL ? HEALTH_UP : health_known_read(endpoint->known).state;

    if (known != HEALTH_UNKNOWN)
        endpoint_state_set_down(endpoint->state, known == HEALTH_DOWN, clock_now_ns());
}

static void on_result(struct health_probe *probe, const struct health_result *result)
{
    struct health_watched_endpoint *endpoint =
        H2O_STRUCT_FROM_MEMBER(struct health_watched_endpoint, probe, probe);
    struct health_watched *of = endpoint->of;
    const char *label = health_watched_label(endpoint);
    struct health_report before = health_known_read(endpoint->known),
                         service_before = health_known_read(of->known), now;

    health_known_add(endpoint->known, &of->settings->health, result);
    now = health_known_read(endpoint->known);
    health_known_write(of->known, service_after(of, &now));
    steer(endpoint);
    if (result->reason == REASON_NONE)
        ejection_check_passed(of->settings->service->name, label, endpoint->state, clock_now_ns());
    tell(watched_of(of), label, &before, &now);
    now = health_known_read(of->known);
    tell(watched_of(of), NULL, &service_before, &now);
}

/* Timing. */

/* Returns the time of the next health request. The interval varies by up to jitter_percent, so that
 * servers that have started together do not ask at the same moments. */
static int64_t next_ns(struct watched *service)
{
    const struct service_health *settings = &settings_of(service)->health;
    int64_t interval_ns = settings->interval_ms * CLOCK_MS;
    int64_t most_ns = interval_ns * settings->jitter_percent / 100;
    uint64_t random = random_next(&service->health->upstream->random);

    return clock_now_ns() + interval_ns - most_ns + (int64_t)(random % (uint64_t)(2 * most_ns + 1));
}

static void ask(struct watched *service, struct health_watched_endpoint *endpoint)
{
    endpoint->is_asked = true;
    health_probe_ask(&endpoint->probe, service->health->upstream, endpoint->endpoint);
}

/* An endpoint that has not answered the last question yet is not asked again. */
static void on_next(struct timer *timer)
{
    struct watched *service = H2O_STRUCT_FROM_MEMBER(struct watched, next, timer);

    for (size_t i = 0; i < service->endpoints.count; i++)
        ask(service, service->endpoints.endpoints[i]);
    timer_set(service->health->upstream->on->timers, timer, next_ns(service));
}

/* An endpoint that was down in an earlier configuration stays down when this one makes checks, too.
 * Without checks it may get requests again. */
static void follow(struct watched *service, const struct upstream_service *at)
{
    health_watched_follow(&service->endpoints, &at->set);
    for (size_t i = 0; i < service->endpoints.count; i++)
        if (!service->endpoints.endpoints[i]->is_asked)
            steer(service->endpoints.endpoints[i]);
}

static void start(struct watched *service)
{
    struct upstream *upstream = service->health->upstream;
    const struct upstream_service *at = upstream_service(upstream, settings_of(service)->service);

    must(at != NULL && at->settings->endpoint_count == settings_of(service)->endpoint_count);
    follow(service, at);
    if (service->endpoints.known != NULL)
        on_next(&service->next);
}

/* The addresses of a name have changed. */
static void on_changed(struct upstream_listener *listener, struct upstream_service *at)
{
    struct health *health = H2O_STRUCT_FROM_MEMBER(struct health, listener, listener);
    struct watched *service = NULL;

    for (size_t i = 0; i < health->count; i++)
        if (settings_of(&health->services[i])->service == at->settings->service)
            service = &health->services[i];
    must(service != NULL);
    follow(service, at);
    for (size_t i = 0; service->endpoints.known != NULL && i < service->endpoints.count; i++)
        if (!service->endpoints.endpoints[i]->is_asked)
            ask(service, service->endpoints.endpoints[i]);
}

void health_start(struct health *health, struct upstream *upstream)
{
    must(health->upstream == NULL);
    health->upstream = upstream;
    health->listener.changed = on_changed;
    upstream_listen(upstream, &health->listener);
    for (size_t i = 0; i < health->count; i++)
        start(&health->services[i]);
}

static void stop(struct watched *service)
{
    timer_clear(service->health->upstream->on->timers, &service->next);
    for (size_t i = 0; i < service->endpoints.count; i++)
        health_probe_stop(&service->endpoints.endpoints[i]->probe);
}

void health_stop(struct health *health)
{
    if (health->upstream == NULL)
        return;
    upstream_unlisten(&health->listener);
    for (size_t i = 0; i < health->count; i++)
        if (health->services[i].endpoints.known != NULL)
            stop(&health->services[i]);
    health->upstream = NULL;
}

/* Life. */

static void init(struct watched *service, const struct service_settings *settings)
{
    service->next.fire = on_next;
    service->since_ms = clock_wall_ms();
    if (settings->health.path != NULL)
        must(settings->health.interval_ms > 0 && settings->health.timeout_ms > 0);
    if (settings->breaker.volume > 0)
        service->breaker = breaker_hold(registry_of_process(), text_of(settings->service->name));
    health_watched_init(&service->endpoints, settings, on_result);
}

struct health *health_new(const struct service_settings *services, size_t count,
                          health_changed changed)
{
    struct health *health = memory_new(sizeof(*health));

    health->changed = changed;
    health->count = count;
    health->services = memory_new(count * sizeof(*health->services));
    for (size_t i = 0; i < count; i++) {
        health->services[i].health = health;
        init(&health->services[i], &services[i]);
    }
    return health;
}

static void dispose(struct watched *service)
{
    health_watched_dispose(&service->endpoints);
    registry_release(service->breaker);
}

void health_free(struct health *health)
{
    if (health == NULL)
        return;
    must(health->upstream == NULL);
    for (size_t i = 0; i < health->count; i++)
        dispose(&health->services[i]);
    memory_free(health->services);
    memory_free(health);
}

/* Reading. */

size_t health_count(const struct health *health) { return health->count; }

const struct service_settings *health_service(const struct health *health, size_t service)
{
    must(service < health->count);
    return settings_of(&health->services[service]);
}

/* Without health checks, ${known} is NULL. */
static struct health_report read_known(const struct watched *of, struct health_known *known)
{
    return known == NULL ? (struct health_report){.since_ms = of->since_ms}
                         : health_known_read(known);
}

static int64_t later(int64_t a, int64_t b) { return a > b ? a : b; }

/* The endpoint is ejected, or its trial has not ended. */
static void show_ejection(const struct endpoint_state *state, struct health_endpoint *out)
{
    int64_t until_ns = atomic_load_explicit(&state->ejected_until_ns, memory_order_relaxed);
    int64_t left_ns = until_ns - clock_now_ns();

    out->state = left_ns > 0 ? HEALTH_EJECTED : HEALTH_TRIAL;
    out->until_ms = left_ns > 0 ? clock_wall_ms() + left_ns / CLOCK_MS : 0;
    out->reason = (enum reason)atomic_load_explicit(&state->reason, memory_order_relaxed);
    out->status = atomic_load_explicit(&state->status, memory_order_relaxed);
    out->since_ms = atomic_load_explicit(&state->since_ms, memory_order_relaxed);
}

static struct health_endpoint show(const struct watched *of,
                                   const struct health_watched_endpoint *endpoint)
{
    const struct endpoint_state *state = endpoint->state;
    struct health_report checked = read_known(of, endpoint->known);
    struct health_endpoint out = {
        .at = endpoint->at,
        .state = checked.state,
        .reason = checked.reason,
        .status = checked.status,
        .since_ms = checked.since_ms,
        .in_flight = atomic_load_explicit(&state->in_flight, memory_order_relaxed),
        .connections = atomic_load_explicit(&state->connections, memory_order_relaxed),
        .ejected = atomic_load_explicit(&state->ejected, memory_order_relaxed),
        .first_byte_ns = atomic_load_explicit(&state->first_byte_ns, memory_order_relaxed),
    };

    memcpy(out.address, endpoint->address, sizeof(out.address));
    if (out.state == HEALTH_DOWN)
        return out;
    if (endpoint_state_is_out(state, clock_now_ns()))
        show_ejection(state, &out);
    else
        out.since_ms =
            later(out.since_ms, atomic_load_explicit(&state->since_ms, memory_order_relaxed));
    return out;
}

struct health_endpoint health_read_endpoint(struct health *health, size_t service, size_t endpoint)
{
    must(service < health->count);
    struct watched *of = &health->services[service];
    struct health_endpoint out = {.at = NULL};

    must(pthread_mutex_lock(&of->endpoints.lock) == 0);
    if (endpoint < of->endpoints.count)
        out = show(of, of->endpoints.endpoints[endpoint]);
    must(pthread_mutex_unlock(&of->endpoints.lock) == 0);
    return out;
}

static bool gets_nothing(const struct health_endpoint *endpoint)
{
    return endpoint->state == HEALTH_DOWN || endpoint->state == HEALTH_EJECTED;
}

/* Counts the endpoints that get no requests. The report of the checks may still be about the
 * endpoints of an earlier configuration. */
struct health_report health_read(struct health *health, size_t service)
{
    must(service < health->count);
    const struct watched *of = &health->services[service];
    struct health_report report = read_known(of, of->endpoints.known);
    struct health_endpoint one, last = {0}; /* of those without requests, the last one that left */

    report.endpoints = report.endpoints_down = 0;
    while ((one = health_read_endpoint(health, service, report.endpoints)).at != NULL) {
        report.endpoints++;
        if (!gets_nothing(&one))
            continue;
        if (report.endpoints_down++ == 0 || one.since_ms > last.since_ms)
            last = one;
    }
    if (report.state == HEALTH_DOWN)
        return report;
    report.reason = last.reason;
    report.status = last.status;
    if (report.endpoints_down == report.endpoints) {
        report.state = HEALTH_DOWN;
        report.since_ms = last.since_ms;
    }
    return report;
}

bool health_read_breaker(struct health *health, size_t service, struct breaker_report *out)
{
    must(service < health->count);
    const struct watched *of = &health->services[service];

    if (of->breaker == NULL)
        return false;
    *out = breaker_read(of->breaker, &settings_of(of)->breaker, clock_now_ns());
    return true;
}
