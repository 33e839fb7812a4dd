/* See health_probe.h. */
#include "bff/base/clock.h"
#include "bff/upstream/health_probe.h"

#define QUESTION "user-agent: bff-health\r\naccept: */*\r\n"

static void settle(struct health_probe *probe, enum reason reason)
{
    timer_clear(probe->upstream->on->timers, &probe->timeout);
    probe->ended(probe, &(struct health_result){
                            .reason = reason,
                            .status = probe->status,
                            .took_ns = clock_now_ns() - probe->asked_ns,
                        });
}

static bool is_expected(const struct service_health *settings, int status)
{
    return settings->status == 0 ? status >= 200 && status <= 299 : status == (int)settings->status;
}

static int on_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    struct health_probe *probe = cookie;

    probe->status = head->status;
    if (is_expected(&probe->settings->health, head->status))
        return 0;
    *why = REASON_STATUS;
    return -1;
}

static int on_body(void *cookie, const char *bytes, size_t len, enum reason *why)
{
    struct health_probe *probe = cookie;

    if (health_body_add(&probe->body, bytes, len) <= HEALTH_BODY_MAX)
        return 0;
    *why = REASON_TOO_LARGE;
    return -1;
}

static void on_end(void *cookie, enum reason reason)
{
    struct health_probe *probe = cookie;

    if (reason == REASON_NONE && !health_body_has_text(&probe->body))
        reason = REASON_BODY;
    settle(probe, reason);
}

static const struct exchange_sink sink = {.head = on_head, .body = on_body, .end = on_end};

static void on_timeout(struct timer *timer)
{
    struct health_probe *probe = H2O_STRUCT_FROM_MEMBER(struct health_probe, timeout, timer);

    call_cancel(&probe->call, CALL_NOT_NEEDED);
    settle(probe, REASON_TIMEOUT);
}

void health_probe_init(struct health_probe *probe, const struct service_settings *settings,
                       void (*ended)(struct health_probe *probe,
                                     const struct health_result *result))
{
    *probe =
        (struct health_probe){.settings = settings, .ended = ended, .timeout.fire = on_timeout};
    health_body_init(&probe->body, settings->health.body);
}

void health_probe_dispose(struct health_probe *probe) { health_body_dispose(&probe->body); }

void health_probe_ask(struct health_probe *probe, struct upstream *upstream,
                      struct endpoint *endpoint)
{
    const struct service_settings *settings = probe->settings;

    if (probe->call.is_running)
        return;
    probe->upstream = upstream;
    probe->status = 0;
    probe->asked_ns = clock_now_ns();
    health_body_begin(&probe->body);
    probe->ask = (struct call_ask){
        .service = settings->service,
        .only = endpoint,
        .method = TEXT("GET"),
        .target = text_of(settings->health.path),
        .headers = TEXT(QUESTION),
        .may_repeat = true,
        .first_byte_ms = settings->health.timeout_ms,
    };
    timer_set(upstream->on->timers, &probe->timeout,
              probe->asked_ns + settings->health.timeout_ms * CLOCK_MS);
    call_start(&probe->call, upstream, &probe->ask, &sink, probe);
}

void health_probe_stop(struct health_probe *probe)
{
    if (probe->upstream == NULL)
        return;
    timer_clear(probe->upstream->on->timers, &probe->timeout);
    call_cancel(&probe->call, CALL_NOT_NEEDED);
}
