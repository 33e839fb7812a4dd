/*
 * A test of ejections: a service whose attempts end at simulated times, and a log that counts the
 * events and writes them to a trace.
 */
#ifndef TESTS_UNIT_EJECTION_STAGE_H
#define TESTS_UNIT_EJECTION_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/upstream/call_try.h"
#include "bff/upstream/ejection.h"
#include "tests/unit/trace.h"

#define MOST 8        /* endpoints */
#define BASE_MS 30000 /* of an ejection */

/* A clock and a log of our own. */

static _Atomic int64_t now_ms;
static atomic_uint ejected, most_ejected, returned;
static bool is_tracing;

int64_t clock_now_ns(void) { return now_ms * CLOCK_MS; }
int64_t clock_wall_ms(void) { return now_ms; }

/* "(a out status 500 until 30000)", "(a back trial since 0)". Ejections of a new endpoint are
 * logged under the lock. */
void log_event(const char *event, const struct log_field *fields)
{
    bool is_ejected = strcmp(event, "endpoint_ejected") == 0;

    unsigned now = atomic_fetch_add(is_ejected ? &ejected : &returned, 1) + 1;
    if (is_ejected && now > most_ejected)
        most_ejected = now;
    if (!is_tracing)
        return;
    assert_true(text_is(fields[0].text, "users"));
    if (is_ejected)
        note("(%.*s out %.*s %lld until %.*s)", TEXT_ARGS(fields[1].text),
             TEXT_ARGS(fields[2].text), (long long)fields[3].number, TEXT_ARGS(fields[4].text));
    else
        note("(%.*s back %.*s since %.*s)", TEXT_ARGS(fields[1].text), TEXT_ARGS(fields[2].text),
             TEXT_ARGS(fields[3].text));
}

/* A service. */

static const struct bff_service users = {.name = "users"};
static struct service_endpoint addresses[MOST];
static struct endpoint endpoints[MOST];
static struct endpoint_state states[MOST];
static struct balance_member members[MOST];
static struct service_state service_state;
static struct service_settings settings;
static struct balance balance;
static char names[MOST][2];

static inline void begin(size_t count, unsigned max_percent)
{
    memset(states, 0, sizeof(states));
    memset(&service_state, 0, sizeof(service_state));
    atomic_store(&now_ms, 0);
    atomic_store(&ejected, 0);
    atomic_store(&most_ejected, 0);
    atomic_store(&returned, 0);
    trace[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        names[i][0] = (char)('a' + i);
        addresses[i].authority = names[i];
        addresses[i].is_backup = i == count - 1; /* backups count as endpoints */
        endpoints[i] =
            (struct endpoint){.at = &addresses[i], .label = text_of(names[i]), .state = &states[i]};
        members[i] = (struct balance_member){&endpoints[i], &addresses[i], (unsigned)i};
    }
    settings = (struct service_settings){
        .service = &users,
        .ejection = {.failures = 5,
                     .time_ms = BASE_MS,
                     .max_time_ms = 100000,
                     .max_percent = max_percent},
    };
    balance_init(&balance, &settings, &service_state, NULL);
    balance_set(&balance, members, count);
}

/* An attempt at ${endpoint} has ended with ${reason} and ${status}. */
static inline struct ejection_event event_of(struct endpoint *endpoint, enum reason reason,
                                             int status)
{
    return (struct ejection_event){
        .balance = &balance,
        .endpoint = endpoint,
        .outcome = call_try_outcome(reason, status),
        .reason = reason,
        .status = status,
        .now_ns = clock_now_ns(),
    };
}

static inline void attempt(const struct ejection_event *event)
{
    endpoint_state_begin(event->endpoint->state);
    ejection_attempt_ended(event);
}

#endif
