/* Tests of active health checks: the report of a service after its endpoints have answered or
 * failed, and what becomes of the endpoints' states. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/text.h"
#include "bff/upstream/call.h"
#include "bff/upstream/health.h"
#include "bff/upstream/health_body.h"

#define INTERVAL_MS 5000
#define TIMEOUT_MS 1000

/* A clock and calls of our own. */

static int64_t now_ns;
static struct timers timers;
static struct call *calls[2]; /* to each endpoint; NULL: none is under way */
static size_t started;
static char trace[512];

int64_t clock_now_ns(void) { return now_ns; }
int64_t clock_wall_ms(void) { return now_ns / CLOCK_MS; }

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void note(const char *format, ...)
{
    size_t len = strlen(trace);
    va_list args;

    va_start(args, format);
    vsnprintf(trace + len, sizeof(trace) - len, format, args);
    va_end(args);
}

void clock_iso(int64_t wall_ms, char out[CLOCK_ISO_SIZE])
{
    snprintf(out, CLOCK_ISO_SIZE, "%lld", (long long)wall_ms);
}

/* Ejections that a check has ended. */
void log_event(const char *event, const struct log_field *fields)
{
    note("[%s %.*s]", event, TEXT_ARGS(fields[1].text));
}

void call_start(struct call *call, struct upstream *upstream, const struct call_ask *ask,
                const struct exchange_sink *sink, void *cookie)
{
    size_t place = ask->only == upstream->services[0].endpoints[0] ? 0 : 1;

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

static void end(struct call *call, enum reason reason)
{
    call_cancel(call, CALL_NOT_NEEDED);
    call->sink->end(call->cookie, reason);
}

static void answer(struct call *call, int status, size_t body_bytes)
{
    enum reason why = REASON_NONE;
    int failed = call->sink->head(call->cookie, &(struct exchange_head){.status = status}, &why);

    for (size_t sent = 0; failed == 0 && sent < body_bytes; sent += 1024)
        failed = call->sink->body(call->cookie, "", 1024, &why);
    assert_int_equal(failed != 0, why != REASON_NONE);
    end(call, why);
}

static void wake_at(struct timers *of, int64_t at_ns) {}

static void pass(int64_t ms)
{
    now_ns += ms * CLOCK_MS;
    timers_run(&timers, now_ns);
}

/* A script. */

static enum reason reason_of(struct text word)
{
    for (int i = 0; i < REASON_COUNT; i++)
        if (text_is(word, reason_name((enum reason)i)))
            return (enum reason)i;
    fail();
    return REASON_NONE;
}

/* "a=200", "b=connect", "a=huge"; "late": the time for an answer passes; "next": that to the next
 * question, and no answer's time. */
static void play(struct text step)
{
    struct text rest = step, who = text_cut(&rest, '=');
    uint64_t status;

    if (text_is(step, "late")) {
        pass(TIMEOUT_MS);
    } else if (text_is(step, "next")) {
        pass(INTERVAL_MS * 11 / 10);
    } else {
        struct call *call = calls[who.at[0] - 'a'];
        must(call != NULL);
        if (text_number(rest, 999, &status) == 0)
            answer(call, (int)status, 100);
        else if (text_is(rest, "huge"))
            answer(call, 200, HEALTH_BODY_MAX + 1);
        else
            end(call, reason_of(rest));
    }
}

static void on_changed(const struct health_change *change)
{
    note("(%s %s %s %d", change->endpoint == NULL ? change->service : change->endpoint,
         change->is_up ? "up" : "down", reason_name(change->reason), change->status);
    if (change->is_up) /* how long it was down */
        note(" %lld", (long long)(clock_wall_ms() - change->down_since_ms));
    note(")");
}

static void show(struct health *health)
{
    static const char *const states[] = {"unknown", "up", "down"};
    struct health_report report = health_read(health, 0);

    note(" %s", states[report.state]);
    if (report.reason != REASON_NONE)
        note(",%s,%d", reason_name(report.reason), report.status);
    if (report.endpoints_down > 0)
        note(",%zu/%zu", report.endpoints_down, report.endpoints);
}

static struct bff_service users = {.name = "users"};
static struct service_endpoint addresses[] = {
    {.host = "127.0.0.1", .authority = "one", .port = 1},
    {.host = "127.0.0.1", .authority = "two", .port = 2},
};

static struct service_settings settings_of(size_t endpoints)
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

static struct upstream *upstream_of(const struct service_settings *settings)
{
    struct endpoint_loop on = {.timers = &timers};

    return upstream_new(endpoints_new(&on), settings, 1);
}

static void free_upstream(struct upstream *upstream)
{
    struct endpoints *endpoints = upstream->endpoints;

    upstream_free(upstream);
    endpoints_free(endpoints);
}

static int begin(void **state)
{
    now_ns = 1000 * CLOCK_MS;
    timers_init(&timers, wake_at);
    calls[0] = calls[1] = NULL;
    started = 0;
    trace[0] = '\0';
    return 0;
}

static int finish(void **state)
{
    assert_int_equal(timers.count, 0); /* health_stop leaves none behind */
    timers_dispose(&timers);
    return 0;
}

/* Tests. */

/* want: what is known at the start and after each step, and in parentheses what was told */
static const struct {
    const char *why;
    size_t endpoints;
    const char *script, *want;
} cases[] = {
    {"up, and nothing to tell", 1, "a=200", " unknown up"},
    {"204 is up", 1, "a=204", " unknown up"},
    {"down from the first", 1, "a=connect",
     " unknown(one down connect 0)(users down connect 0) down,connect,0,1/1"},
    {"a status is no health", 1, "a=500",
     " unknown(one down status 500)(users down status 500) down,status,500,1/1"},
    {"nor is a redirect", 1, "a=302",
     " unknown(one down status 302)(users down status 302) down,status,302,1/1"},
    {"nor a body without end", 1, "a=huge",
     " unknown(one down too_large 200)(users down too_large 200) down,too_large,200,1/1"},
    {"no answer in time", 1, "late",
     " unknown(one down timeout 0)(users down timeout 0) down,timeout,0,1/1"},
    {"down, told once, and up again", 1, "a=reset next a=reset next a=200",
     " unknown(one down reset 0)(users down reset 0) down,reset,0,1/1 down,reset,0,1/1 "
     "down,reset,0,1/1 down,reset,0,1/1(one up reset 0 11000)(users up reset 0 11000) up"},
    {"the last reason counts", 1, "a=connect next a=503 next a=200",
     " unknown(one down connect 0)(users down connect 0) down,connect,0,1/1 down,connect,0,1/1 "
     "down,status,503,1/1 down,status,503,1/1(one up status 503 11000)(users up status 503 11000) "
     "up"},
    {"one of two is enough", 2, "a=connect b=200",
     " unknown(one down connect 0) unknown,connect,0,1/2 up,connect,0,1/2"},
    {"none of two", 2, "a=connect b=500",
     " unknown(one down connect 0) unknown,connect,0,1/2(two down status 500)(users down status "
     "500) down,status,500,2/2"},
    {"one that hangs does not hold up the other", 2, "b=200 late",
     " unknown up(one down timeout 0) up,timeout,0,1/2"},
    {"both well again", 2, "a=connect b=200 next a=200",
     " unknown(one down connect 0) unknown,connect,0,1/2 up,connect,0,1/2 up,connect,0,1/2(one up "
     "connect 0 5500) up"},
    {"the second goes down later", 2, "a=200 b=200 next a=200 b=reset next b=200",
     " unknown up up up up(two down reset 0) up,reset,0,1/2 up,reset,0,1/2(two up reset 0 5500) "
     "up"},
};

static void test_reports(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin(state);
        struct service_settings settings = settings_of(cases[i].endpoints);
        struct upstream *upstream = upstream_of(&settings);
        struct health *health = health_new(&settings, 1, on_changed);
        struct text rest = text_of(cases[i].script);

        health_start(health, upstream);
        show(health);
        while (rest.at != NULL) {
            play(text_cut(&rest, ' '));
            show(health);
        }
        if (strcmp(trace, cases[i].want) != 0)
            fail_msg("%s:\n got %s\nwant %s", cases[i].why, trace, cases[i].want);
        health_stop(health);
        health_free(health);
        free_upstream(upstream);
        finish(state);
    }
}

static void test_questions_come_a_tenth_early_or_late(void **state)
{
    struct service_settings settings = settings_of(1);
    struct upstream *upstream = upstream_of(&settings);
    struct health *health = health_new(&settings, 1, NULL);

    health_start(health, upstream);
    assert_int_equal(started, 1); /* at once */
    for (size_t i = 1; i <= 50; i++) {
        answer(calls[0], 200, 0);
        pass(INTERVAL_MS * 9 / 10 - 1);
        assert_int_equal(started, i);
        now_ns += 1 * CLOCK_MS;
        pass(INTERVAL_MS * 2 / 10);
        assert_int_equal(started, i + 1);
    }
    health_stop(health);
    health_free(health);
    free_upstream(upstream);
}

static void test_no_question_before_the_last_one_is_over(void **state)
{
    struct service_settings settings = settings_of(1);
    settings.health.timeout_ms = 3 * INTERVAL_MS;
    struct upstream *upstream = upstream_of(&settings);
    struct health *health = health_new(&settings, 1, NULL);

    health_start(health, upstream);
    pass(INTERVAL_MS * 11 / 10);
    assert_int_equal(started, 1);
    answer(calls[0], 200, 0);
    pass(INTERVAL_MS * 11 / 10);
    assert_int_equal(started, 2);
    health_stop(health);
    health_free(health);
    free_upstream(upstream);
}

static void test_asks_what_the_settings_say(void **state)
{
    struct service_settings settings = settings_of(1);
    settings.health.path = "/live?deep=0";
    struct upstream *upstream = upstream_of(&settings);
    struct health *health = health_new(&settings, 1, NULL);

    health_start(health, upstream);
    assert_true(text_is(calls[0]->ask->method, "GET"));
    assert_true(text_is(calls[0]->ask->target, "/live?deep=0"));
    assert_true(text_starts(calls[0]->ask->headers, TEXT("user-agent: bff-health\r\n")));
    health_stop(health);
    assert_null(calls[0]);
    health_free(health);
    free_upstream(upstream);
}

static void test_times(void **state)
{
    struct service_settings settings = settings_of(1);
    struct upstream *upstream = upstream_of(&settings);
    struct health *health = health_new(&settings, 1, NULL);

    health_start(health, upstream);
    assert_int_equal(health_read(health, 0).asked_ms, 0);
    assert_int_equal(health_read(health, 0).since_ms, 1000);
    pass(20);
    answer(calls[0], 200, 0);
    assert_int_equal(health_read(health, 0).since_ms, 1020);
    pass(INTERVAL_MS * 11 / 10);
    pass(7);
    answer(calls[0], 200, 0);
    struct health_report report = health_read(health, 0);
    assert_int_equal(report.since_ms, 1020); /* still the same state */
    assert_int_equal(report.asked_ms, 1020 + INTERVAL_MS * 11 / 10 + 7);
    assert_int_equal(report.took_ns, 7 * CLOCK_MS);
    health_stop(health);
    health_free(health);
    free_upstream(upstream);
}

static void test_nobody_asks_without_a_path(void **state)
{
    struct service_settings settings = settings_of(1);
    settings.health.path = NULL;
    struct upstream *upstream = upstream_of(&settings);
    struct health *health = health_new(&settings, 1, on_changed);

    health_start(health, upstream);
    pass(10 * INTERVAL_MS);
    assert_int_equal(started, 0);
    assert_int_equal(health_read(health, 0).state, HEALTH_UNKNOWN);
    health_stop(health);
    health_stop(health);
    health_free(health);
    free_upstream(upstream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reports),
        cmocka_unit_test_setup_teardown(test_questions_come_a_tenth_early_or_late, begin, finish),
        cmocka_unit_test_setup_teardown(test_no_question_before_the_last_one_is_over, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(test_asks_what_the_settings_say, begin, finish),
        cmocka_unit_test_setup_teardown(test_times, begin, finish),
        cmocka_unit_test_setup_teardown(test_nobody_asks_without_a_path, begin, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
