/* See ejection.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/upstream/ejection.h"

/* The log. */

/* What caused an ejection. */
struct cause {
    enum reason reason;
    int status;
    int64_t since_ms; /* wall clock */
};

static struct cause cause_of(const struct endpoint_state *state)
{
    return (struct cause){
        .reason = (enum reason)atomic_load_explicit(&state->reason, memory_order_relaxed),
        .status = atomic_load_explicit(&state->status, memory_order_relaxed),
        .since_ms = atomic_load_explicit(&state->since_ms, memory_order_relaxed),
    };
}

static void log_ejected(const struct ejection_event *event, int64_t time_ms)
{
    struct cause cause = cause_of(event->endpoint->state);
    char until[CLOCK_ISO_SIZE];

    clock_iso(cause.since_ms + time_ms, until);
    log_event("endpoint_ejected",
              (struct log_field[]){
                  {"service", .text = text_of(event->balance->settings->service->name)},
                  {"endpoint", .text = event->endpoint->label},
                  {"reason", .text = text_of(reason_name(cause.reason))},
                  {"status", .number = cause.status},
                  {"until", .text = text_of(until)},
                  {0},
              });
}

static void log_returned(const char *service, const char *address, struct cause cause,
                         const char *by)
{
    char since[CLOCK_ISO_SIZE];

    clock_iso(cause.since_ms, since);
    log_event("endpoint_returned", (struct log_field[]){
                                       {"service", .text = text_of(service)},
                                       {"endpoint", .text = text_of(address)},
                                       {"by", .text = text_of(by)},
                                       {"since", .text = text_of(since)},
                                       {"reason", .text = text_of(reason_name(cause.reason))},
                                       {"status", .number = cause.status},
                                       {0},
                                   });
}

/* How many. */

static size_t most(const struct balance *balance)
{
    size_t most = balance->count * balance->settings->ejection.max_percent / 100;

    if (balance->count < 2)
        return 0;
    return most > 0 ? most : 1;
}

/* True when the endpoint may be out together with the others that are out now. */
static bool has_room(const struct ejection_event *event)
{
    const struct balance *balance = event->balance;
    size_t out = 0;

    for (size_t i = 0; i < balance->count; i++) {
        const struct endpoint *other = balance->members[i].endpoint;
        out += other->state != event->endpoint->state &&
               endpoint_state_is_out(other->state, event->now_ns);
    }
    return out < most(balance);
}

/* How long. */

static int64_t time_ms(const struct service_ejection *settings, unsigned ejections)
{
    int64_t time_ms = (int64_t)settings->time_ms * ejections;

    return time_ms < settings->max_time_ms ? time_ms : settings->max_time_ms;
}

/* Returns the number of ejections in a row that still count at ${now_ns}. */
static unsigned earlier_ejections(const struct endpoint_state *state, uint32_t base_ms,
                                  int64_t now_ns)
{
    int64_t ejections = atomic_load_explicit(&state->ejections, memory_order_relaxed);
    int64_t well_ns = now_ns - atomic_load_explicit(&state->returned_ns, memory_order_relaxed);
    int64_t forgotten = base_ms == 0 || well_ns < 0 ? 0 : well_ns / (base_ms * CLOCK_MS);

    return forgotten < ejections ? (unsigned)(ejections - forgotten) : 0;
}

/* An answer with a 5xx status is a failure, even when the attempt ended because its user could not
 * use the body. */
static enum reason reason_of(const struct ejection_event *event)
{
    return reason_is_failure(event->reason) ? event->reason : REASON_STATUS;
}

/* Ejecting. */

/* ${earlier} is the number of ejections in a row before this one. */
static void eject(const struct ejection_event *event, unsigned earlier)
{
    const struct service_ejection *settings = &event->balance->settings->ejection;
    enum reason reason = reason_of(event);
    int64_t for_ms = time_ms(settings, earlier + 1);

    endpoint_state_eject(event->endpoint->state,
                         &(struct endpoint_ejection){
                             .reason = reason,
                             .status = reason == REASON_STATUS ? event->status : 0,
                             .ejections = earlier + 1,
                             .until_ns = event->now_ns + for_ms * CLOCK_MS,
                         });
    log_ejected(event, for_ms);
}

/* True when so many attempts have failed in a row that the endpoint must be ejected. While it is
 * out, its trial decides. */
static bool has_failed_often(const struct ejection_event *event)
{
    const struct service_ejection *settings = &event->balance->settings->ejection;
    const struct endpoint_state *state = event->endpoint->state;

    return settings->failures > 0 &&
           atomic_load_explicit(&state->failures, memory_order_relaxed) >= settings->failures &&
           !endpoint_state_is_out(state, event->now_ns);
}

/* Another worker may have ejected the endpoint before this one got the lock. */
static void on_failure(const struct ejection_event *event)
{
    atomic_flag *lock = &event->balance->state->is_ejecting;
    const struct endpoint_state *state = event->endpoint->state;
    uint32_t base_ms = event->balance->settings->ejection.time_ms;

    if (event->balance->count < 2 || !has_failed_often(event) ||
        atomic_flag_test_and_set_explicit(lock, memory_order_acquire))
        return;
    if (has_failed_often(event) && has_room(event))
        eject(event, earlier_ejections(state, base_ms, event->now_ns));
    atomic_flag_clear_explicit(lock, memory_order_release);
}

/* The trial. */

static void give_back(const struct ejection_event *event, const char *by)
{
    struct cause cause = cause_of(event->endpoint->state);

    endpoint_state_return(event->endpoint->state, event->now_ns);
    log_returned(event->balance->settings->service->name, event->endpoint->label.at, cause, by);
}

/* No lock is needed: this endpoint is out already, so the number of endpoints that are out does not
 * grow. A new configuration may allow fewer of them, or none. Then the endpoint returns. */
static void on_trial_failed(const struct ejection_event *event)
{
    const struct endpoint_state *state = event->endpoint->state;

    if (event->balance->settings->ejection.failures > 0 && has_room(event))
        eject(event, atomic_load_explicit(&state->ejections, memory_order_relaxed));
    else
        give_back(event, "limit");
}

void ejection_trial_answered(const struct ejection_event *event)
{
    must(event->is_trial);
    if (event->outcome == ENDPOINT_WORKED)
        give_back(event, "trial");
    else if (event->outcome == ENDPOINT_FAILED)
        on_trial_failed(event);
    else
        endpoint_state_put_back(event->endpoint->state);
}

void ejection_attempt_ended(const struct ejection_event *event)
{
    endpoint_state_ended(event->endpoint->state, event->outcome);
    if (event->is_trial)
        ejection_trial_answered(event);
    else if (event->outcome == ENDPOINT_FAILED)
        on_failure(event);
}

/* Active health checks. */

static bool is_ended_by_check(const struct endpoint_state *state)
{
    enum reason reason = (enum reason)atomic_load_explicit(&state->reason, memory_order_relaxed);

    return reason == REASON_CONNECT || reason == REASON_RESET || reason == REASON_TIMEOUT;
}

/* The check takes the trial, so that no attempt decides at the same time. A trial that is under way
 * decides by itself. The reason is read again after the claim, because the first one may be that of
 * an earlier ejection. */
void ejection_check_passed(const char *service, const char *address, struct endpoint_state *state,
                           int64_t now_ns)
{
    if (!is_ended_by_check(state) || !endpoint_state_claim_early(state))
        return;
    struct cause cause = cause_of(state);
    if (!is_ended_by_check(state)) {
        endpoint_state_put_back(state);
        return;
    }
    endpoint_state_return(state, now_ns);
    log_returned(service, address, cause, "check");
}
