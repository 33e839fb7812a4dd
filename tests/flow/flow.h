/*
 * A test bench for a run: the services follow a script, the test controls the clock, and all events
 * are recorded in a trace. Each program in this folder has one bench.
 *
 * A script has a line for each expected call. Lines are separated by ';':
 *
 *     /users/1 50 {"id":1}; /orders?userId=1 20 status 500; /reviews 0 empty; /stock 0 hang
 *
 * A line has the target, the milliseconds until the call ends, and the way it ends: JSON (200),
 * "status 404", "empty" (200 without a body), "204", "205", "hang" (never), or the name of a
 * reason, and seconds for Retry-After, such as "breaker_open 7". For a call, the first line with
 * its target is used. A call without a line hangs.
 *
 * The trace has lines such as "0 ask /users/1", "20 end /orders?userId=1", "10 POST /orders" (a
 * call that changes data), "300 drop /stock" (the run has cancelled the call), and "300 done".
 */
#ifndef TESTS_FLOW_FLOW_H
#define TESTS_FLOW_FLOW_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/compose/answer.h"
#include "bff/compose/part_faults.h"
#include "bff/compose/plan_make.h"
#include "bff/compose/run.h"

#define FLOW_CALLS_MAX 1100
#define FLOW_NEVER INT64_MAX
#define FLOW_COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* 2026-11-24T12:00:00.000Z: the time at which every scenario begins. */
#define FLOW_WALL_MS INT64_C(1795521600000)
#define FLOW_LOADED_AT "2026-11-24T12:00:00.000Z"

struct flow_call {
    struct fetch *fetch;
    int64_t end_ns; /* FLOW_NEVER: the call hangs */
    struct text outcome;
};

static struct {
    struct pool *boot, *pool;
    struct timers timers;
    int64_t now_ns, wake_ns;
    const char *script;
    struct flow_call calls[FLOW_CALLS_MAX]; /* running calls */
    size_t under_way, under_way_most, asked;
    char trace[64 * 1024];
    size_t trace_len;
    struct run_request request;
    struct choice choice;
    struct run *run;
    struct answer answer;
    char body[256 * 1024];
    size_t done;
} flow;

static const char *flow_chosen; /* by the client of the next run, "a,b"; NULL: nothing */

static const char *flow_faults; /* X-Mock of the next run; NULL: none */

int64_t __wrap_clock_now_ns(void);
int64_t __wrap_clock_wall_ms(void);

int64_t __wrap_clock_now_ns(void) { return flow.now_ns; }
int64_t __wrap_clock_wall_ms(void) { return FLOW_WALL_MS; }

/* Adds a line to the trace: the time, ${what}, and ${target}, which may be absent. */
static inline void flow_trace(const char *what, struct text target)
{
    bool is_short = target.len == 0;
    int len = snprintf(flow.trace + flow.trace_len, sizeof(flow.trace) - flow.trace_len,
                       "%s%lld %s%s%.*s", flow.trace_len == 0 ? "" : "; ",
                       (long long)(flow.now_ns / CLOCK_MS), what, is_short ? "" : " ",
                       (int)target.len, is_short ? "" : target.at);

    flow.trace_len += (size_t)len;
    assert_true(flow.trace_len < sizeof(flow.trace));
}

/* The services. */

static inline struct text flow_line_of(struct text target)
{
    struct text rest = text_of(flow.script);

    while (rest.at != NULL) {
        struct text line = text_trim(text_cut(&rest, ';'));
        if (text_equal(text_cut(&line, ' '), target))
            return line;
    }
    return TEXT("0 hang");
}

void fetch_start(struct fetch *fetch, struct upstream *upstream, const struct fetch_ask *ask,
                 fetch_done done, void *cookie)
{
    struct text line = flow_line_of(ask->target);
    uint64_t after_ms = 0;

    assert_true(flow.under_way < FLOW_CALLS_MAX);
    *fetch = (struct fetch){.ask = ask, .done = done, .cookie = cookie};
    assert_int_equal(text_number(text_cut(&line, ' '), 1000000, &after_ms), 0);
    flow.calls[flow.under_way++] = (struct flow_call){
        .fetch = fetch,
        .end_ns = text_is(line, "hang") ? FLOW_NEVER : flow.now_ns + (int64_t)after_ms * CLOCK_MS,
        .outcome = line,
    };
    flow.asked++;
    if (flow.under_way > flow.under_way_most)
        flow.under_way_most = flow.under_way;
    flow_trace(ask->method.at == NULL ? "ask" : ask->method.at, ask->target);
}

void fetch_settle(struct fetch *fetch, const struct fetch_ask *ask,
                  const struct fetch_outcome *outcome)
{
    *fetch = (struct fetch){.ask = ask, .reason = outcome->reason, .status = outcome->status};
    fetch->retry_after_s = outcome->retry_after_s;
    fetch->value = outcome->value == NULL ? NULL : value_hold(outcome->value);
}

/* The calls of the page: the cache may make others in the background. */
static inline size_t flow_own(void)
{
    size_t count = 0;

    for (size_t i = 0; i < flow.under_way; i++)
        count += flow.calls[i].fetch->ask->head == NULL;
    return count;
}

/* Removes the call from the running calls; returns false if it is not running. */
static inline bool flow_take(const struct fetch *fetch)
{
    for (size_t i = 0; i < flow.under_way; i++) {
        if (flow.calls[i].fetch != fetch)
            continue;
        flow.under_way--;
        memmove(&flow.calls[i], &flow.calls[i + 1], (flow.under_way - i) * sizeof(flow.calls[0]));
        return true;
    }
    return false;
}

void fetch_release(struct fetch *fetch)
{
    if (fetch->ask == NULL)
        return;
    if (flow_take(fetch))
        flow_trace("drop", fetch->ask->target);
    json_scan_free(&fetch->scan);
    value_release(fetch->value);
    fetch->value = NULL;
    fetch->ask = NULL;
}

void fetch_time_over(struct fetch *fetch) { fetch_release(fetch); }

/* The head of an answer, for a call that the cache makes. "cc:max-age=0 {...}" has a Cache-Control
 * field. */
static inline struct text flow_give_head(struct fetch *fetch, int status, struct text outcome)
{
    struct text rest = outcome, word = text_cut(&rest, ' ');
    bool has_field = text_starts(word, TEXT("cc:"));
    struct exchange_field field = {TEXT("cache-control"), {word.at + 3, word.len - 3}};
    struct exchange_head head = {.status = status, .fields = &field, .field_count = has_field};

    if (fetch->ask->head != NULL)
        fetch->ask->head(fetch->ask->head_cookie, &head);
    return has_field ? rest : outcome;
}

static inline void flow_give_json(struct fetch *fetch, struct text outcome)
{
    struct text json = flow_give_head(fetch, 200, outcome);
    struct value *value = value_add(value_new(json.len), json.at, json.len);
    fetch->status = 200;
    json_scan_init(&fetch->scan, fetch->ask->depth_limit, fetch->ask->keep_slices);
    if (json_scan_end(&fetch->scan, value->text.at, value->text.len) == 0) {
        value_take_slices(value, &fetch->scan);
        fetch->value = value;
    } else {
        fetch->reason = REASON_BAD_JSON;
        value_release(value);
    }
}

static inline enum reason flow_reason_of(struct text name)
{
    for (enum reason reason = REASON_NONE; reason < REASON_COUNT; reason++)
        if (text_is(name, reason_name(reason)))
            return reason;
    return REASON_NONE;
}

static inline void flow_give(struct fetch *fetch, struct text outcome)
{
    struct text rest = outcome, word = text_cut(&rest, ' ');
    uint64_t status = 0, seconds = 0;

    fetch->reason = flow_reason_of(word);
    if (fetch->reason == REASON_STATUS) {
        assert_int_equal(text_number(rest, 599, &status), 0);
        fetch->status = (int)status;
    } else if (rest.len > 0 && fetch->reason != REASON_NONE) {
        assert_int_equal(text_number(rest, 3600, &seconds), 0);
        fetch->retry_after_s = (unsigned)seconds;
    } else if (text_is(outcome, "empty")) {
        fetch->status = 200;
    } else if (text_is(outcome, "204") || text_is(outcome, "205")) {
        fetch->status = outcome.at[2] == '4' ? 204 : 205;
    } else if (fetch->reason == REASON_NONE) {
        flow_give_json(fetch, outcome);
    }
}

static inline void flow_end(struct flow_call call)
{
    struct fetch *fetch = call.fetch;

    assert_true(flow_take(fetch));
    flow_give(fetch, call.outcome);
    fetch->has_left = fetch->reason == REASON_NONE;
    flow_trace("end", fetch->ask->target);
    fetch->done(fetch, fetch->cookie);
}

/* Time. */

static inline void flow_wake_at(struct timers *timers, int64_t at_ns) { flow.wake_ns = at_ns; }

static inline void flow_done(struct run *run, void *cookie)
{
    size_t len = 0;

    assert_ptr_equal(cookie, &flow);
    assert_int_equal(flow.done++, 0);
    assert_int_equal(flow_own(), 0);
    flow_trace("done", (struct text){0});
    answer_make(run, TEXT("bff-web"), TEXT("r-1"), clock_wall_ms(), &flow.answer);
    for (size_t i = 0; i < flow.answer.body.count; i++) {
        struct text piece = flow.answer.body.rows[i];
        assert_true(len + piece.len < sizeof(flow.body));
        memcpy(flow.body + len, piece.at, piece.len);
        len += piece.len;
    }
    flow.body[len] = '\0';
    assert_int_equal(len, flow.answer.body.bytes);
}

/* Returns the call that ends next; NULL if all hang. */
static inline const struct flow_call *flow_next(void)
{
    const struct flow_call *next = NULL;

    for (size_t i = 0; i < flow.under_way; i++)
        if (flow.calls[i].end_ns != FLOW_NEVER &&
            (next == NULL || flow.calls[i].end_ns < next->end_ns))
            next = &flow.calls[i];
    return next;
}

/* Moves the clock forward to ${until_ms}. All events that are due by then happen in order; at the
 * same time, calls end before timers fire. */
static inline void flow_play(int64_t until_ms)
{
    int64_t until_ns = until_ms * CLOCK_MS;

    while (flow.done == 0) {
        const struct flow_call *next = flow_next();
        int64_t wake_ns = flow.timers.count == 0 ? FLOW_NEVER : flow.wake_ns;
        bool is_call = next != NULL && next->end_ns <= wake_ns;
        int64_t at_ns = is_call ? next->end_ns : wake_ns;
        if (at_ns > until_ns)
            break;
        flow.now_ns = at_ns;
        if (is_call)
            flow_end(*next);
        else
            timers_run(&flow.timers, flow.now_ns);
    }
    if (flow.done == 0)
        flow.now_ns = until_ns;
}

static inline const struct plan *flow_plan(struct pool *boot, const struct bff_composite *composite)
{
    char error[1024] = "";
    const struct plan *plan = plan_make(boot, composite, error, sizeof(error));

    if (plan == NULL)
        fail_msg("%s", error);
    for (size_t i = 0; i < plan->part_count; i++) /* as the generation does; nobody reads it */
        if (plan->parts[i].row->has_breaker)
            plan->parts[i].breaker = (void *)&plan->parts[i];
    return plan;
}

/* What the next runs get: the body of the request, and who may see the answer. */
static const char *flow_input;
static bool (*flow_may_see)(void *cookie, struct text owner);

static struct text flow_client_header(void *cookie, const char *name)
{
    return text_is(text_of(name), "cookie") ? TEXT("theme=dark") : (struct text){0};
}

/* Begins a run of ${composite}, whose only parameter is ${param}. */
static inline void flow_begin(const struct bff_composite *composite, const char *param,
                              const char *script)
{
    static struct text params[1];

    memset(&flow, 0, sizeof(flow));
    params[0] = text_of(param);
    flow.script = script;
    flow.boot = pool_new();
    flow.pool = pool_new();
    timers_init(&flow.timers, flow_wake_at);
    flow.request = (struct run_request){
        .plan = flow_plan(flow.boot, composite),
        .pool = flow.pool,
        .timers = &flow.timers,
        .params = params,
        .input = json_of(text_of(flow_input)),
        .may_see = flow_may_see,
        .headers = TEXT("accept: application/json\r\n"),
        .client_header = flow_client_header,
        .body_limit = 4 * 1024 * 1024,
        .depth_limit = 128,
    };
    if (flow_chosen != NULL) {
        assert_null(choice_read(flow.pool, flow.request.plan, text_of(flow_chosen), &flow.choice));
        flow.request.choice = &flow.choice;
    }
    if (flow_faults != NULL) {
        struct part_faults faults;
        assert_null(part_faults_read(flow.pool, flow.request.plan, text_of(flow_faults), &faults));
        flow.request.faults = faults.first;
    }
    flow.run = run_start(&flow.request, flow_done, &flow);
    assert_int_equal(flow.done, 0); /* run_start must not call it itself */
}

/* Ends the request and checks that nothing is left. */
static inline void flow_end_all(void)
{
    pool_free(flow.pool);
    assert_int_equal(flow.under_way, 0);
    assert_int_equal(flow.timers.count, 0);
    timers_dispose(&flow.timers);
    pool_free(flow.boot);
}

/* Begins a run and moves the clock on until the response is complete. */
static inline void flow_run(const struct bff_composite *composite, const char *param,
                            const char *script)
{
    flow_begin(composite, param, script);
    flow_play(60 * 1000);
    assert_int_equal(flow.done, 1);
}

#include "tests/flow/flow_cases.h"

#endif
