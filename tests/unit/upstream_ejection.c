/* Tests of ejections, by scripts of attempts that end. */
#include "tests/unit/ejection_stage.h"

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

static void pass(struct text digits)
{
    uint64_t ms;

    must(text_number(digits, 10000000, &ms) == 0);
    atomic_fetch_add(&now_ms, (int64_t)ms);
}

static void attempts(struct endpoint *endpoint, bool is_trial, struct text words)
{
    struct text rest = words, word = text_cut(&rest, '*');
    struct ejection_event event = result(endpoint, word);
    uint64_t times = 1;

    event.is_trial = is_trial;
    must(rest.at == NULL || text_number(rest, 100, &times) == 0);
    while (times-- > 0)
        attempt(&event);
}

/* "a=500", "a=500*5": attempts that end; "a:200": the trial ends; "a?": may there be a trial?
 * "a!": a good active check. */
static void play_at(struct endpoint *endpoint, struct text step)
{
    char name = step.at[0], what = step.at[1];

    if (what == '?')
        note("(%c %s)", name, endpoint_state_claim(endpoint->state, clock_now_ns()) ? "yes" : "no");
    else if (what == '!')
        ejection_check_passed("users", endpoint->label.at, endpoint->state, clock_now_ns());
    else
        attempts(endpoint, what == ':', (struct text){step.at + 2, step.len - 2});
}

/* "+500": time passes; "off": the settings change; else see play_at. */
static void play(struct text step)
{
    if (step.at[0] == '+')
        pass((struct text){step.at + 1, step.len - 1});
    else if (text_is(step, "off"))
        settings.ejection.failures = 0;
    else
        play_at(&endpoints[step.at[0] - 'a'], step);
}

static const struct {
    const char *why, *script, *want;
} cases[] = {
    {"five in a row", "a=500*5", "(a out status 500 until 30000)"},
    {"four are not enough", "a=500*4 a=200 a=500*4", ""},
    {"cancelled ones say nothing", "a=500*4 a=cancelled a=500", "(a out status 500 until 30000)"},
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
    {"after a reset", "a=reset*5 a!", "(a out reset 0 until 30000)(a back check since 0)"},
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
    is_tracing = false;
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        begin(limits[i].endpoints, limits[i].max_percent);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_how_many_are_ejected),
        cmocka_unit_test(test_fewer_endpoints),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
