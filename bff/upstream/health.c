/* See health.h. */
#include <pthread.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/base/registry.h"
#include "bff/upstream/call.h"
#include "bff/upstream/health.h"

#define QUESTION "user-agent: bff-health\r\naccept: */*\r\n"

/* The health requests to one endpoint, one at a time. */
struct probe {
    struct watched *of;
    const struct service_endpoint *at;
    struct known *known;
    int status; /* of the answer to the current request; 0: there was none */
    size_t body_bytes;
    int64_t asked_ns;
    struct call_ask ask;
    struct call call;
    struct timer timeout;
};

/* What is known about a service, or about one of its endpoints. It is state of the process, in the
 * registry under the name of the service, or of service and endpoint. Only the thread that makes
 * the health checks writes the report. The lock is held while a report is copied. */
struct known {
    pthread_mutex_t lock;
    struct health_report report;
};

struct watched {
    struct health *health;
    const struct service_settings *settings;
    struct probe *probes; /* one for each endpoint; NULL: the service is not asked */
    struct known *known;  /* NULL: the service is not asked */
    struct timer next;
    int64_t since_ms; /* wall clock, when this struct was made */
};

struct health {
    struct watched *services;
    size_t count;
    health_changed changed;
    struct upstream *upstream; /* NULL: not started */
};

static void known_init(void *object, struct text name)
{
    struct known *known = object;

    must(pthread_mutex_init(&known->lock, NULL) == 0);
    known->report.since_ms = clock_wall_ms();
}

static void known_dispose(void *object) { pthread_mutex_destroy(&((struct known *)object)->lock); }

static const struct registry_kind known_kind = {
    .bytes = sizeof(struct known), .init = known_init, .dispose = known_dispose};

/* Results. */

static void store(struct known *known, struct health_report report)
{
    if (report.state != known->report.state)
        report.since_ms = report.asked_ms;
    must(pthread_mutex_lock(&known->lock) == 0);
    known->report = report;
    must(pthread_mutex_unlock(&known->lock) == 0);
}

/* Returns the report of an endpoint after ${probe} has got an answer or has failed. */
static struct health_report endpoint_after(const struct probe *probe, enum reason reason)
{
    struct health_report report = probe->known->report;

    report.state = reason == REASON_NONE ? HEALTH_UP : HEALTH_DOWN;
    report.reason = reason;
    report.status = reason == REASON_NONE ? 0 : probe->status;
    report.asked_ms = clock_wall_ms();
    report.took_ns = clock_now_ns() - probe->asked_ns;
    report.endpoints = 1;
    report.endpoints_down = reason == REASON_NONE ? 0 : 1;
    return report;
}

/* Returns the report of a service after that of ${probe} has been stored. The reason is that of
 * ${probe}, or else of the first endpoint that is down. */
static struct health_report service_after(const struct probe *probe)
{
    const struct watched *of = probe->of;
    const struct health_report *last = &probe->known->report;
    const struct health_report *failed = last->state == HEALTH_DOWN ? last : NULL;
    struct health_report report = of->known->report;
    size_t up = 0, down = 0;

    for (size_t i = 0; i < of->settings->endpoint_count; i++) {
        const struct health_report *one = &of->probes[i].known->report;
        up += one->state == HEALTH_UP;
        down += one->state == HEALTH_DOWN;
        if (failed == NULL && one->state == HEALTH_DOWN)
            failed = one;
    }
    if (up > 0)
        report.state = HEALTH_UP;
    else if (down == of->settings->endpoint_count)
        report.state = HEALTH_DOWN;
    report.reason = failed == NULL ? REASON_NONE : failed->reason;
    report.status = failed == NULL ? 0 : failed->status;
    report.asked_ms = last->asked_ms;
    report.took_ns = last->took_ns;
    report.endpoints_down = down;
    return report;
}

/* Both reports are about the service, or about its endpoint ${at}. */
static void tell(const struct watched *of, const struct service_endpoint *at,
                 const struct health_report *before, const struct health_report *now)
{
    bool is_up = now->state != HEALTH_DOWN, was_up = before->state != HEALTH_DOWN;
    const struct health_report *down = is_up ? before : now;

    if (is_up == was_up || of->health->changed == NULL)
        return;
    of->health->changed(&(struct health_change){
        .service = of->settings->service->name,
        .endpoint = at == NULL ? NULL : at->authority,
        .is_up = is_up,
        .reason = down->reason,
        .status = down->status,
        .down_since_ms = down->since_ms,
    });
}

static void settle(struct probe *probe, enum reason reason)
{
    struct watched *of = probe->of;
    struct health_report endpoint = probe->known->report, service = of->known->report;

    timer_clear(of->health->upstream->on->timers, &probe->timeout);
    store(probe->known, endpoint_after(probe, reason));
    store(of->known, service_after(probe));
    tell(of, probe->at, &endpoint, &probe->known->report);
    tell(of, NULL, &service, &of->known->report);
}

/* One question. */

static int on_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    struct probe *probe = cookie;

    probe->status = head->status;
    if (head->status >= 200 && head->status <= 299)
        return 0;
    *why = REASON_STATUS;
    return -1;
}

static int on_body(void *cookie, const char *bytes, size_t len, enum reason *why)
{
    struct probe *probe = cookie;

    probe->body_bytes += len;
    if (probe->body_bytes <= HEALTH_BODY_MAX)
        return 0;
    *why = REASON_TOO_LARGE;
    return -1;
}

static void on_end(void *cookie, enum reason reason) { settle(cookie, reason); }

static const struct exchange_sink sink = {.head = on_head, .body = on_body, .end = on_end};

static void on_timeout(struct timer *timer)
{
    struct probe *probe = H2O_STRUCT_FROM_MEMBER(struct probe, timeout, timer);

    call_cancel(&probe->call, CALL_NOT_NEEDED);
    settle(probe, REASON_TIMEOUT);
}

static void ask(struct probe *probe)
{
    struct upstream *upstream = probe->of->health->upstream;

    probe->status = 0;
    probe->body_bytes = 0;
    probe->asked_ns = clock_now_ns();
    timer_set(upstream->on->timers, &probe->timeout,
              probe->asked_ns + probe->of->settings->health.timeout_ms * CLOCK_MS);
    call_start(&probe->call, upstream, &probe->ask, &sink, probe);
}

/* Timing. */

/* Returns the time of the next health request. The interval is varied by up to a tenth, so that
 * servers that began together do not ask at the same moments. */
static int64_t next_ns(struct health *health, uint32_t interval_ms)
{
    int64_t per_mille = 900 + (int64_t)(random_next(&health->upstream->random) % 201);

    return clock_now_ns() + interval_ms * per_mille * (CLOCK_MS / 1000);
}

/* An endpoint that has not answered the last question yet is not asked again. */
static void on_next(struct timer *timer)
{
    struct watched *service = H2O_STRUCT_FROM_MEMBER(struct watched, next, timer);
    struct health *health = service->health;

    for (size_t i = 0; i < service->settings->endpoint_count; i++)
        if (!service->probes[i].call.is_running)
            ask(&service->probes[i]);
    timer_set(health->upstream->on->timers, timer,
              next_ns(health, service->settings->health.interval_ms));
}

static void start(struct watched *service)
{
    const struct service_settings *settings = service->settings;
    struct upstream_service *at = upstream_service(service->health->upstream, settings->service);

    must(at != NULL && at->settings->endpoint_count == settings->endpoint_count);
    for (size_t i = 0; i < settings->endpoint_count; i++)
        service->probes[i].ask = (struct call_ask){
            .service = settings->service,
            .only = at->endpoints[i],
            .method = TEXT("GET"),
            .target = text_of(settings->health.path),
            .headers = TEXT(QUESTION),
            .may_repeat = true,
            .first_byte_ms = settings->health.timeout_ms,
        };
    on_next(&service->next);
}

void health_start(struct health *health, struct upstream *upstream)
{
    must(health->upstream == NULL);
    health->upstream = upstream;
    for (size_t i = 0; i < health->count; i++)
        if (health->services[i].probes != NULL)
            start(&health->services[i]);
}

static void stop(struct watched *service)
{
    struct timers *timers = service->health->upstream->on->timers;

    timer_clear(timers, &service->next);
    for (size_t i = 0; i < service->settings->endpoint_count; i++) {
        timer_clear(timers, &service->probes[i].timeout);
        call_cancel(&service->probes[i].call, CALL_NOT_NEEDED);
    }
}

void health_stop(struct health *health)
{
    if (health->upstream == NULL)
        return;
    for (size_t i = 0; i < health->count; i++)
        if (health->services[i].probes != NULL)
            stop(&health->services[i]);
    health->upstream = NULL;
}

/* Life. */

static struct known *hold_known(const char *name)
{
    return registry_hold(registry_of_process(), &known_kind, text_of(name));
}

static void init_probe(struct probe *probe, struct watched *of, const struct service_endpoint *at)
{
    char *name = service_endpoint_name(of->settings->service->name, at);

    probe->of = of;
    probe->at = at;
    probe->known = hold_known(name);
    probe->timeout.fire = on_timeout;
    memory_free(name);
}

static void init(struct watched *service, const struct service_settings *settings)
{
    service->settings = settings;
    service->next.fire = on_next;
    service->since_ms = clock_wall_ms();
    if (settings->health.path == NULL)
        return;
    service->known = hold_known(settings->service->name);
    must(settings->health.interval_ms > 0 && settings->health.timeout_ms > 0);
    service->probes = memory_new(settings->endpoint_count * sizeof(*service->probes));
    for (size_t i = 0; i < settings->endpoint_count; i++)
        init_probe(&service->probes[i], service, &settings->endpoints[i]);
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
    for (size_t i = 0; service->probes != NULL && i < service->settings->endpoint_count; i++)
        registry_release(service->probes[i].known);
    memory_free(service->probes);
    registry_release(service->known);
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
    return health->services[service].settings;
}

/* Without health checks nothing is ${known}. */
static struct health_report read_known(const struct watched *of, struct known *known)
{
    struct health_report report = {.since_ms = of->since_ms};

    if (known == NULL)
        return report;
    must(pthread_mutex_lock(&known->lock) == 0);
    report = known->report;
    must(pthread_mutex_unlock(&known->lock) == 0);
    return report;
}

/* The report may still be about the endpoints of an earlier configuration. */
struct health_report health_read(struct health *health, size_t service)
{
    must(service < health->count);
    const struct watched *of = &health->services[service];
    struct health_report report = read_known(of, of->known);
    report.endpoints = of->settings->endpoint_count;
    if (report.endpoints_down > report.endpoints)
        report.endpoints_down = report.endpoints;
    return report;
}

struct health_report health_read_endpoint(struct health *health, size_t service, size_t endpoint)
{
    must(service < health->count);
    const struct watched *of = &health->services[service];
    must(endpoint < of->settings->endpoint_count);
    return read_known(of, of->probes == NULL ? NULL : of->probes[endpoint].known);
}
