/* Tests of ejections: scripts of attempts that end at simulated times, and threads that decide at
 * the same time. */
#include <pthread.h>
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
#include "bff/upstream/call_try.h"
#include "bff/upstream/ejection.h"

#define MOST 8 /* endpoints */
#define BASE_MS 30000

/* A clock and a log of our own. */

static _Atomic int64_t now_ms;
static atomic_uint ejected, most_ejected, returned;
static bool is_tracing;
static char trace[1024];

int64_t clock_now_ns(void) { return now_ms * CLOCK_MS; }
int64_t clock_wall_ms(void) { return now_ms; }

void clock_iso(int64_t wall_ms, char out[CLOCK_ISO_SIZE])
{
    snprintf(out, CLOCK_ISO_SIZE, "%lld", (long long)wall_ms);
}

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void note(const char *format, ...)
{
    size_t len = strlen(trace);
    va_list args;

    va_start(args, format);
    vsnprintf(trace + len, sizeof(trace) - len, format, args);
    va_end(args);
}

/* "(a out status 500 until 30000)", "(a back trial since 0)" */
void log_event(const char *event, const struct log_field *fields)
{
    bool is_ejected = strcmp(event, "endpoint_ejected") == 0;

    unsigned now = atomic_fetch_add(is_ejected ? &ejected : &returned, 1) + 1;
    if (is_ejected && now > most_ejected) /* under the lock of an ejection */
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

static void begin(size_t count, unsigned max_percent)
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
        endpoints[i].at = &addresses[i];
        endpoints[i].state = &states[i];
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
static struct ejection_event event_of(struct endpoint *endpoint, enum reason reason, int status)
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

static void attempt(const struct ejection_event *event)
{
    endpoint_state_begin(event->endpoint->state);
    ejection_attempt_ended(event);
}

/* A script. */

static struct ejection_event result(struct endpoint *endpoint, struct text word)
{
    uint64_t status;

    if (text_is(word, "cancelled")) {
        struct ejection_event event = event_of(endpoint, REASON_NONE, 0);
        event.outcome = ENDPOINT_UNKNOWN;
        return event;
    }
    if (text_number(word, 999, &status) == 0)
        return event_of(endpoint, REASON_NONE, (int)status);
    for (int i = 0; i < REASON_COUNT; i++)
        if (text_is(word, reason_name((enum reason)i)))
            return event_of(endpoint, (enum reason)i, 0);
    fail_msg("%.*s", TEXT_ARGS(word));
    return event_of(endpoint, REASON_NONE, 0);
}

/* "a=500", "a=500*5": attempts that end; "a:200": the trial ends; "a?": may there be a trial?
 * "a!": a good active check; "off": the settings change; "+500": time passes. */
static void play(struct text step)
{
    struct endpoint *endpoint = &endpoints[step.at[0] - 'a'];
    struct text rest = {step.at + 2, step.len - 2}, word = text_cut(&rest, '*');
    uint64_t times = 1;

    if (step.at[0] == '+') {
        must(text_number((struct text){step.at + 1, step.len - 1}, 10000000, &times) == 0);
        atomic_fetch_add(&now_ms, (int64_t)times);
    } else if (text_is(step, "off")) {
        settings.ejection.failures = 0;
    } else if (step.at[1] == '?') {
        note("(%c %s)", step.at[0],
             endpoint_state_claim(endpoint->state, clock_now_ns()) ? "yes" : "no");
    } else if (step.at[1] == '!') {
        ejection_check_passed("users", endpoint->at->authority, endpoint->state, clock_now_ns());
    } else {
        struct ejection_event event = result(endpoint, word);
        event.is_trial = step.at[1] == ':';
        must(rest.at == NULL || text_number(rest, 100, &times) == 0);
        while (times-- > 0)
            attempt(&event);
    }
}

static const struct {
    const char *why, *script, *want;
} cases[] = {
    {"five in a row", "a=500*5", "(a out status 500 until 30000)"},
    {"four are not enough", "a=500*4 a=200 a=500*4", ""},
    {"a cancelled one says nothing", "a=500*4 a=cancelled a=500", "(a out status 500 until 30000)"},
    {"501 and what the client did wrong", "a=501*9 a=404*9 a=400*9 a=429*9", ""},
    {"a body that the user could not use", "a=too_large*9 a=bad_json*9", ""},
    {"no connection", "a=connect*5", "(a out connect 0 until 30000)"},
    {"the connection ended", "a=reset*5", "(a out reset 0 until 30000)"},
    {"no answer in time", "a=timeout*5", "(a out timeout 0 until 30000)"},
    {"no HTTP", "a=bad_http*5", "(a out bad_http 0 until 30000)"},
    {"the last failure is the cause", "a=500*4 +7 a=connect", "(a out connect 0 until 30007)"},

    {"no trial before its time", "a=500*5 a? +29999 a? +1 a? a?",
     "(a out status 500 until 30000)(a no)(a no)(a yes)(a no)"},
    {"the trial succeeds", "a=500*5 +30000 a? a:200 a?",
     "(a out status 500 until 30000)(a yes)(a back trial since 0)(a no)"},
    {"404 is a success", "a=500*5 +30000 a? a:404",
     "(a out status 500 until 30000)(a yes)(a back trial since 0)"},
    {"the trial fails", "a=500*5 +30000 a? a:connect a? +59999 a? +1 a?",
     "(a out status 500 until 30000)(a yes)(a out connect 0 until 90000)(a no)(a no)(a yes)"},
    {"the trial is cancelled", "a=500*5 +30000 a? a:cancelled a? a:200",
     "(a out status 500 until 30000)(a yes)(a yes)(a back trial since 0)"},
    {"older attempts decide nothing", "a=500*5 a=200 a=500*9 +30000 a=500*9 a? a=200 a=500*9 a:200",
     "(a out status 500 until 30000)(a yes)(a back trial since 0)"},
    {"failures begin anew", "a=500*5 +30000 a? a:200 a=500*4 a=200",
     "(a out status 500 until 30000)(a yes)(a back trial since 0)"},
    {"an ejection is at most 100 s", "a=500*5 +30000 a? a:500 +60000 a? a:500 +90000 a? a:500",
     "(a out status 500 until 30000)(a yes)(a out status 500 until 90000)(a yes)"
     "(a out status 500 until 180000)(a yes)(a out status 500 until 280000)"},
    {"the second one in a row", "a=500*5 +30000 a? a:200 +29999 a=500*5",
     "(a out status 500 until 30000)(a yes)(a back trial since 0)(a out status 500 until 119999)"},
    {"well for the base time: one less", "a=500*5 +30000 a? a:200 +30000 a=500*5",
     "(a out status 500 until 30000)(a yes)(a back trial since 0)(a out status 500 until 90000)"},
    {"two less of two, and one more", "a=500*5 +30000 a? a:500 +60000 a? a:200 +60000 a=500*5",
     "(a out status 500 until 30000)(a yes)(a out status 500 until 90000)(a yes)"
     "(a back trial since 30000)(a out status 500 until 180000)"},

    {"a check ends it", "a=connect*5 a! +1 a? a=500*4",
     "(a out connect 0 until 30000)(a back check since 0)(a no)"},
    {"a check ends it after its time", "a=timeout*5 +40000 a! a?",
     "(a out timeout 0 until 30000)(a back check since 0)(a no)"},
    {"and after a reset", "a=reset*5 a!", "(a out reset 0 until 30000)(a back check since 0)"},
    {"but not one by status", "a=500*5 a! +30000 a! a? a:200",
     "(a out status 500 until 30000)(a yes)(a back trial since 0)"},
    {"nor one by bad HTTP", "a=bad_http*5 a!", "(a out bad_http 0 until 30000)"},
    {"nor a trial under way", "a=connect*5 +30000 a? a! a:connect a!",
     "(a out connect 0 until 30000)(a yes)(a out connect 0 until 90000)"
     "(a back check since 30000)"},
    {"a check of one that is well", "a! a=connect*4 a! a=connect", "(a out connect 0 until 30000)"},

    {"half of them, rounded down", "a=500*5 b=500*5 c=500*5",
     "(a out status 500 until 30000)(b out status 500 until 30000)"},
    {"the backup, too", "e=500*5 b=500*5 c=500*5",
     "(e out status 500 until 30000)(b out status 500 until 30000)"},
    {"one more has room after a return", "a=500*5 b=500*5 c=500*5 +30000 a? a:200 c=500",
     "(a out status 500 until 30000)(b out status 500 until 30000)(a yes)(a back trial since 0)"
     "(c out status 500 until 60000)"},
    {"a trial that is due or under way takes room", "a=500*5 b=500*5 +30000 a? c=500*5 a:500",
     "(a out status 500 until 30000)(b out status 500 until 30000)(a yes)"
     "(a out status 500 until 90000)"},
    {"ejection is off now", "a=500*5 off b=500*9 +30000 a? a:500",
     "(a out status 500 until 30000)(a yes)(a back limit since 0)"},
};

static void test_scripts(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct text rest = text_of(cases[i].script);

        begin(5, 50);
        is_tracing = true;
        while (rest.at != NULL)
            play(text_cut(&rest, ' '));
        if (strcmp(trace, cases[i].want) != 0)
            fail_msg("%s:\n got %s\nwant %s", cases[i].why, trace, cases[i].want);
    }
}

/* How many may be out. */
static const struct {
    size_t endpoints;
    unsigned max_percent, want;
} limits[] = {
    {1, 50, 0}, {1, 100, 0}, {2, 0, 1},  {2, 50, 1}, {2, 99, 1}, {2, 100, 2}, {3, 10, 1},
    {3, 50, 1}, {3, 67, 2},  {5, 50, 2}, {8, 50, 4}, {8, 87, 6}, {8, 100, 8},
};

static void test_how_many_are_ejected(void **state)
{
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        begin(limits[i].endpoints, limits[i].max_percent);
        is_tracing = false;
        for (size_t at = 0; at < 9 * limits[i].endpoints; at++) {
            struct ejection_event event =
                event_of(&endpoints[at % limits[i].endpoints], REASON_CONNECT, 0);
            attempt(&event);
        }
        if (ejected != limits[i].want)
            fail_msg("%u %% of %zu: %u", limits[i].max_percent, limits[i].endpoints, ejected);
    }
}

/* A new configuration has fewer endpoints: those that are out already return after their trials. */
static void test_fewer_endpoints(void **state)
{
    begin(4, 50);
    is_tracing = true;
    play(TEXT("a=500*5"));
    play(TEXT("b=500*5"));
    balance_set(&balance, members, 2);
    trace[0] = '\0';
    play(TEXT("+30000"));
    play(TEXT("a?"));
    play(TEXT("a:500"));
    play(TEXT("b?"));
    play(TEXT("b:500"));
    assert_string_equal(trace,
                        "(a yes)(a back limit since 0)(b yes)(b out status 500 until 90000)");
}

/* Threads. */

#define THREADS 2
#define ATTEMPTS 300000

static pthread_barrier_t barrier;
static atomic_uint trials, trial_count;

static void run_threads(void *(*run)(void *cookie))
{
    pthread_t threads[THREADS];
    unsigned numbers[THREADS];

    is_tracing = false;
    must(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
    for (unsigned i = 0; i < THREADS; i++) {
        numbers[i] = i;
        must(pthread_create(&threads[i], NULL, run, &numbers[i]) == 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        must(pthread_join(threads[i], NULL) == 0);
    pthread_barrier_destroy(&barrier);
    for (size_t i = 0; i < balance.count; i++) {
        must(states[i].in_flight == 0);
        must(states[i].trial != ENDPOINT_TRIAL_UNDER_WAY);
    }
    must(!atomic_flag_test_and_set(&service_state.is_ejecting));
}

/* Each attempt fails, and each trial succeeds. Before a trial succeeds, the endpoint is taken out
 * of the count, so that the count is never too high. */
static void *fail_everywhere(void *cookie)
{
    unsigned number = *(unsigned *)cookie;

    pthread_barrier_wait(&barrier);
    for (unsigned i = 0; i < ATTEMPTS; i++) {
        struct endpoint *endpoint = &endpoints[(i * (2 * number + 1)) % MOST];
        atomic_fetch_add(&now_ms, BASE_MS / 10);
        bool is_trial = endpoint_state_claim(endpoint->state, clock_now_ns());
        struct ejection_event event =
            event_of(endpoint, is_trial ? REASON_NONE : REASON_CONNECT, 0);
        event.is_trial = is_trial;
        if (is_trial)
            atomic_fetch_sub(&ejected, 1);
        attempt(&event);
    }
    return NULL;
}

static void test_workers_together_eject_no_more_than_allowed(void **state)
{
    begin(MOST, 50);
    settings.ejection.failures = 1;
    run_threads(fail_everywhere);
    assert_true(returned > 1000);
    assert_int_equal(most_ejected, MOST / 2);
}

/* One attempt. It may be the trial. */
static void ask(struct endpoint *endpoint, unsigned number, unsigned i)
{
    bool is_trial = endpoint_state_claim(endpoint->state, clock_now_ns());
    struct ejection_event event =
        event_of(endpoint, i % 3 == number ? REASON_NONE : REASON_CONNECT, 0);

    if (is_trial) {
        must(atomic_fetch_add(&trials, 1) == 0);
        trial_count++;
        event.is_trial = true;
        if (i % 5 == 0)
            event.outcome = ENDPOINT_UNKNOWN;
        atomic_fetch_sub(&trials, 1);
    }
    attempt(&event);
}

/* Attempts, checks and time, all at once. The first endpoint goes out and comes back many times. */
static void *come_and_go(void *cookie)
{
    unsigned number = *(unsigned *)cookie;

    pthread_barrier_wait(&barrier);
    for (unsigned i = 0; i < ATTEMPTS; i++) {
        atomic_fetch_add(&now_ms, BASE_MS / 4);
        ask(&endpoints[0], number, i);
        if (number == 0 && i % 50 == 0)
            ejection_check_passed("users", "a", &states[0], clock_now_ns());
    }
    return NULL;
}

static void test_a_trial_belongs_to_one_attempt_and_is_never_lost(void **state)
{
    begin(2, 50);
    settings.ejection.failures = 2;
    run_threads(come_and_go);
    assert_true(trial_count > 1000 && returned > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_how_many_are_ejected),
        cmocka_unit_test(test_fewer_endpoints),
        cmocka_unit_test(test_workers_together_eject_no_more_than_allowed),
        cmocka_unit_test(test_a_trial_belongs_to_one_attempt_and_is_never_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
