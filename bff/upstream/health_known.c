/* See health_known.h. */
#include <pthread.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/registry.h"
#include "bff/upstream/health_known.h"

struct health_known {
    pthread_mutex_t lock; /* of the report */
    struct health_report report;
    unsigned against; /* results in a row that contradict the state */
};

static void init(void *object, struct text name)
{
    struct health_known *known = object;

    must(pthread_mutex_init(&known->lock, NULL) == 0);
    known->report.since_ms = clock_wall_ms();
}

static void dispose(void *object) { pthread_mutex_destroy(&((struct health_known *)object)->lock); }

static const struct registry_kind kind = {
    .bytes = sizeof(struct health_known), .init = init, .dispose = dispose};

struct health_known *health_known_hold(const char *name)
{
    return registry_hold(registry_of_process(), &kind, text_of(name));
}

struct health_report health_known_read(struct health_known *known)
{
    must(pthread_mutex_lock(&known->lock) == 0);
    struct health_report report = known->report;
    must(pthread_mutex_unlock(&known->lock) == 0);
    return report;
}

void health_known_write(struct health_known *known, struct health_report report)
{
    must(pthread_mutex_lock(&known->lock) == 0);
    if (report.state != known->report.state)
        report.since_ms = report.asked_ms;
    known->report = report;
    must(pthread_mutex_unlock(&known->lock) == 0);
}

/* Returns the state of the endpoint after a result. */
static enum health_state state_after(struct health_known *known,
                                     const struct service_health *settings, bool is_good)
{
    enum health_state before = known->report.state, now = is_good ? HEALTH_UP : HEALTH_DOWN;
    unsigned needed = is_good ? settings->rise : settings->fall;

    known->against = now == before ? 0 : known->against + 1;
    if (before != HEALTH_UNKNOWN && known->against < needed)
        return before;
    known->against = 0;
    return now;
}

/* While the endpoint is down, the reason is that of the last bad result. */
void health_known_add(struct health_known *known, const struct service_health *settings,
                      const struct health_result *result)
{
    struct health_report report = health_known_read(known);
    bool is_good = result->reason == REASON_NONE;

    report.state = state_after(known, settings, is_good);
    if (report.state == HEALTH_UP) {
        report.reason = REASON_NONE;
        report.status = 0;
    } else if (!is_good) {
        report.reason = result->reason;
        report.status = result->status;
    }
    report.asked_ms = clock_wall_ms();
    report.took_ns = result->took_ns;
    health_known_write(known, report);
}
