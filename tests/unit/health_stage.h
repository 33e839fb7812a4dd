/*
 * A test of active health checks with a clock, a log and calls of its own: scripts say how each
 * call ends.
 */
#ifndef TESTS_UNIT_HEALTH_STAGE_H
#define TESTS_UNIT_HEALTH_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/text.h"
#include "bff/upstream/call.h"
#include "bff/upstream/health.h"
#include "bff/upstream/health_body.h"
#include "tests/unit/trace.h"

#define INTERVAL_MS 5000
#define TIMEOUT_MS 1000

/* A clock and calls of our own. */

static int64_t now_ns;
static struct timers timers;
static struct call *calls[2]; /* to each endpoint; NULL: none is under way */
static size_t started;

int64_t clock_now_ns(void) { return now_ns; }
int64_t clock_wall_ms(void) { return now_ns / CLOCK_MS; }

/* Ejections that a check has ended. */
void log_event(const char *event, const struct log_field *fields)
{
    note("[%s %.*s]", event, TEXT_ARGS(fields[1].text));
}

void call_start(struct call *call, struct upstream *upstream, const struct call_ask *ask,
                const struct exchange_sink *sink, void *cookie)
{
    size_t place = ask->only == upstream->services[0].set.rows[0] ? 0 : 1;

    must(place < 2 && calls[place] == NULL);
    *call = (struct call){.ask = ask, .sink = sink, .cookie = cookie, .is_running = true};
    calls[place] = call;
    started++;
}

void call_cancel(struct call *call, enum call_cancel why)
{
    call->is_running = false;
    for (size_t i = 0; i < 2; i++)
        if (calls[i] == call)
            calls[i] = NULL;
}

static inline void end(struct call *call, enum reason reason)
{
    call_cancel(call, CALL_NOT_NEEDED);
    call->sink->end(call->cookie, reason);
}

/* Answers with a body of the ${pieces}, separated by "|". */
static inline void answer_text(struct call *call, struct text pieces)
{
    enum reason why = REASON_NONE;

    assert_int_equal(call->sink->head(call->cookie, &(struct exchange_head){.status = 200}, &why),
                     0);
    while (pieces.at != NULL) {
        struct text piece = text_cut(&pieces, '|');
        assert_int_equal(call->sink->body(call->cookie, piece.at, piece.len, &why), 0);
    }
    end(call, REASON_NONE);
}

static inline void answer(struct call *call, int status, size_t body_bytes)
{
    static const char bytes[1024];
    enum reason why = REASON_NONE;
    int failed = call->sink->head(call->cookie, &(struct exchange_head){.status = status}, &why);

    for (size_t sent = 0; failed == 0 && sent < body_bytes; sent += sizeof(bytes))
        failed = call->sink->body(call->cookie, bytes, sizeof(bytes), &why);
    assert_int_equal(failed != 0, why != REASON_NONE);
    end(call, why);
}

static inline void wake_at(struct timers *of, int64_t at_ns) {}

static inline void pass(int64_t ms)
{
    now_ns += ms * CLOCK_MS;
    timers_run(&timers, now_ns);
}

/* A script. */

static inline enum reason reason_of(struct text word)
{
    for (int i = 0; i < REASON_COUNT; i++)
        if (text_is(word, reason_name((enum reason)i)))
            return (enum reason)i;
    fail();
    return REASON_NONE;
}

/* "a=200", "b=connect", "a=huge"; "a='piece|piece'": 200 with a body in pieces; "late": the time
 * for an answer passes; "next": that to the next question, and no answer's time; "bad", "good": a
 * whole check of the first endpoint. */
static inline void play(struct text step)
{
    struct text rest = step, who = text_cut(&rest, '=');
    uint64_t status;

    if (text_is(step, "late")) {
        pass(TIMEOUT_MS);
    } else if (text_is(step, "next")) {
        pass(INTERVAL_MS * 11 / 10);
    } else if (text_is(step, "bad") || text_is(step, "good")) {
        pass(INTERVAL_MS * 11 / 10);
        answer(calls[0], text_is(step, "bad") ? 500 : 200, 0);
    } else {
        struct call *call = calls[who.at[0] - 'a'];
        must(call != NULL);
        if (rest.at[0] == '\'')
            answer_text(call, (struct text){rest.at + 1, rest.len - 2});
        else if (text_number(rest, 999, &status) == 0)
            answer(call, (int)status, 100);
        else if (text_is(rest, "huge"))
            answer(call, 200, HEALTH_BODY_MAX + 1);
        else
            end(call, reason_of(rest));
    }
}

static struct bff_service users = {.name = "users"};
static struct service_endpoint addresses[] = {
    {.host = "127.0.0.1", .authority = "one", .port = 1},
    {.host = "127.0.0.1", .authority = "two", .port = 2},
};

static inline struct service_settings settings_of(size_t endpoints)
{
    return (struct service_settings){
        .service = &users,
        .endpoints = addresses,
        .endpoint_count = endpoints,
        .health.path = "/health",
        .health.interval_ms = INTERVAL_MS,
        .health.timeout_ms = TIMEOUT_MS,
        .health.jitter_percent = 10,
    };
}

static inline struct upstream *upstream_of(const struct service_settings *settings)
{
    struct endpoint_loop on = {.timers = &timers};

    return upstream_new(endpoints_new(&on), settings, 1);
}

static inline void free_upstream(struct upstream *upstream)
{
    struct endpoints *endpoints = upstream->endpoints;

    upstream_free(upstream);
    endpoints_free(endpoints);
}

/* A configuration whose health checks run. */
struct stage {
    struct upstream *upstream;
    struct health *health;
};

static inline struct stage start(const struct service_settings *settings, health_changed changed)
{
    struct stage stage = {upstream_of(settings), health_new(settings, 1, changed)};

    health_start(stage.health, stage.upstream);
    return stage;
}

static inline void stop(struct stage *stage)
{
    health_stop(stage->health);
    health_free(stage->health);
    free_upstream(stage->upstream);
}

static inline int begin(void **state)
{
    now_ns = 1000 * CLOCK_MS;
    timers_init(&timers, wake_at);
    calls[0] = calls[1] = NULL;
    started = 0;
    trace[0] = '\0';
    return 0;
}

static inline int finish(void **state)
{
    assert_int_equal(timers.count, 0); /* health_stop leaves none behind */
    timers_dispose(&timers);
    return 0;
}

#endif
