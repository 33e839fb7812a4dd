/*
 * Replays scripts of calls on the circuit breaker, with a simulated clock, and prints the state
 * after each step. tests/peers compares it with opossum. A step is a line:
 *
 *   new PERCENT VOLUME RESET_MS WINDOW_MS   a new breaker, at a time when a bucket begins
 *   wait MS [ID...]                         time passes; at its end these calls time out
 *   begin ID                                a call wants to begin
 *   end ID OUTCOME                          it ends: success, failure or 4xx
 *
 * The line after a step is "STATE CALLS FAILURES", behind "passed " or "refused " after begin.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/upstream/breaker.h"
#include "bff/upstream/call_try.h"

#define CALLS 4096

struct replay_call {
    enum breaker_pass pass;
    int64_t began_ns;
};

static struct breaker *breaker;
static struct service_breaker settings;
static int64_t now_ns;
static struct replay_call calls[CALLS];

static unsigned number(char **rest) { return (unsigned)strtoul(*rest, rest, 10); }

static struct replay_call *call_of(char **rest)
{
    unsigned id = number(rest);

    must(id < CALLS);
    return &calls[id];
}

static void new_breaker(char *rest)
{
    static unsigned count;
    char name[32];

    settings.error_percent = number(&rest);
    settings.volume = number(&rest);
    settings.reset_ms = number(&rest);
    settings.window_ms = number(&rest);
    now_ns = 1000 * settings.window_ms * CLOCK_MS;
    registry_release(breaker);
    snprintf(name, sizeof(name), "breaker%u", count++);
    breaker = breaker_hold(registry_of_process(), text_of(name));
}

static void end(struct replay_call *call, enum reason reason, int status)
{
    enum endpoint_outcome outcome = call_try_outcome(reason, status);

    if (call->pass == BREAKER_REFUSED)
        return; /* opossum passed it: the test has seen the difference above */
    breaker_tell(breaker, &settings, call->pass,
                 outcome == ENDPOINT_FAILED ? BREAKER_FAILED : BREAKER_WORKED, call->began_ns,
                 now_ns);
}

static void pass_time(char *rest)
{
    now_ns += number(&rest) * CLOCK_MS;
    while (*rest == ' ')
        end(call_of(&rest), REASON_TIMEOUT, 0);
}

static void begin_call(char *rest)
{
    struct replay_call *call = call_of(&rest);

    *call = (struct replay_call){breaker_ask(breaker, &settings, now_ns), now_ns};
    printf("%s ", call->pass == BREAKER_REFUSED ? "refused" : "passed");
}

static void end_call(char *rest)
{
    struct replay_call *call = call_of(&rest);

    if (strcmp(rest, " failure") == 0)
        end(call, REASON_CONNECT, 0);
    else if (strcmp(rest, " 4xx") == 0)
        end(call, REASON_STATUS, 404);
    else if (strcmp(rest, " success") == 0)
        end(call, REASON_NONE, 200);
    else
        must(false);
}

static const struct {
    const char *name;
    void (*run)(char *rest);
} steps[] = {
    {"new ", new_breaker}, {"wait ", pass_time}, {"begin ", begin_call}, {"end ", end_call}};

static void run(char *line)
{
    static const char *const states[] = {"closed", "open", "half_open"};
    size_t i = 0;

    while (strncmp(line, steps[i].name, strlen(steps[i].name)) != 0)
        must(++i < sizeof(steps) / sizeof(steps[0]));
    steps[i].run(line + strlen(steps[i].name));
    struct breaker_report report = breaker_read(breaker, &settings, now_ns);
    printf("%s %u %u\n", states[report.state], report.calls, report.failures);
}

int main(void)
{
    char line[4096];

    while (fgets(line, sizeof(line), stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        run(line);
    }
    registry_release(breaker);
    return 0;
}
