/*
 * Answers of composites without a server: the calls of a run are answered at once, from the records
 * of the mock services. The program that includes this file must not contain bff/upstream/fetch.c.
 */
#ifndef TESTS_BUDGETS_ANSWERS_H
#define TESTS_BUDGETS_ANSWERS_H

#include <string.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/compose/answer.h"
#include "bff/compose/answer_largest.h"
#include "bff/compose/run.h"
#include "fixtures/mock_answer.h"

#define HOUR_NS ((int64_t)3600 * 1000 * CLOCK_MS)

/* The run that is being made. */
static struct {
    struct mock_data *data;
    struct pool *pool; /* of this run */
    struct timers timers;
} answers;

struct answers_size {
    size_t bytes; /* 0: the answer is an error */
    struct answer_largest largest;
};

/* The calls that wait. A run has at most BFF_PARTS_MAX list parts, each with so many at once. */
#define WAITING_MAX (BFF_PARTS_MAX * BFF_MANY_MAX)
static struct fetch *waiting[WAITING_MAX];
static size_t waiting_count;

void fetch_start(struct fetch *fetch, struct upstream *upstream, const struct fetch_ask *ask,
                 fetch_done done, void *cookie)
{
    *fetch = (struct fetch){.ask = ask, .done = done, .cookie = cookie};
    must(waiting_count < WAITING_MAX);
    waiting[waiting_count++] = fetch;
}

void fetch_settle(struct fetch *fetch, const struct fetch_ask *ask,
                  const struct fetch_outcome *outcome)
{
    *fetch = (struct fetch){.ask = ask, .reason = outcome->reason, .status = outcome->status};
    fetch->value = outcome->value == NULL ? NULL : value_hold(outcome->value);
}

void fetch_release(struct fetch *fetch)
{
    if (fetch->ask == NULL)
        return;
    for (size_t i = 0; i < waiting_count; i++)
        if (waiting[i] == fetch)
            waiting[i] = waiting[--waiting_count];
    json_scan_free(&fetch->scan);
    value_release(fetch->value);
    fetch->value = NULL;
    fetch->ask = NULL;
}

void fetch_time_over(struct fetch *fetch) { fetch_release(fetch); }

static enum mock_service service_of(const struct bff_service *service)
{
    enum mock_service i = 0;

    while (i < MOCK_SERVICES && strcmp(mock_kinds[i].name, service->name) != 0)
        i++;
    return i;
}

static void take_json(struct fetch *fetch, const struct mock_answer *answer)
{
    struct value *value = value_new(answer->begin.len + answer->end.len);

    value = value_add(value, answer->begin.at, answer->begin.len);
    if (answer->end.len > 0)
        value = value_add(value, answer->end.at, answer->end.len);
    json_scan_init(&fetch->scan, fetch->ask->depth_limit, fetch->ask->keep_slices);
    if (json_scan_end(&fetch->scan, value->text.at, value->text.len) == 0) {
        value_take_slices(value, &fetch->scan);
        fetch->value = value;
    } else {
        fetch->reason = REASON_BAD_JSON;
        value_release(value);
    }
}

/* A service that has no records does not answer. */
static void settle(struct fetch *fetch)
{
    const struct fetch_ask *ask = fetch->ask;
    struct mock_question question = {
        .service = service_of(ask->service), .method = TEXT("GET"), .target = ask->target};

    if (question.service == MOCK_SERVICES) {
        fetch->reason = REASON_CONNECT;
    } else {
        struct mock_answer answer = mock_answer(answers.data, &question, answers.pool);
        fetch->status = answer.status;
        if (answer.status >= 300 && !ask->takes_failures)
            fetch->reason = REASON_STATUS;
        else
            take_json(fetch, &answer);
    }
    fetch->done(fetch, fetch->cookie);
}

static void ignore_wake(struct timers *timers, int64_t at_ns) {}
static void on_done(struct run *run, void *cookie) { *(bool *)cookie = true; }

static struct text no_header(void *cookie, const char *name) { return (struct text){0}; }

static struct answers_size size_of(const struct run *run)
{
    struct answers_size size = {0};
    struct answer answer;

    answer_make(run, TEXT("bff"), TEXT("r"), clock_wall_ms(), &answer);
    if (answer.status != 200)
        return size;
    size.bytes = answer.body.bytes;
    size.largest = answer_largest_of(run);
    return size;
}

/* Returns the size of the answer of ${plan} to a request with these parameters. */
static struct answers_size answers_make(const struct plan *plan, const struct text *params,
                                        const struct text *query)
{
    struct pool *pool = answers.pool = pool_new();
    bool is_done = false;

    timers_init(&answers.timers, ignore_wake);
    struct run_request request = {
        .plan = plan,
        .pool = pool,
        .timers = &answers.timers,
        .params = params,
        .query = query,
        .headers = TEXT(""),
        .client_header = no_header,
        .request_id = TEXT("r"),
        .body_limit = (size_t)4 * 1024 * 1024,
        .depth_limit = 128,
    };
    struct run *run = run_start(&request, on_done, &is_done);
    while (!is_done) {
        if (waiting_count > 0)
            settle(waiting[--waiting_count]);
        else
            timers_run(&answers.timers, clock_now_ns() + HOUR_NS);
    }
    struct answers_size size = size_of(run);
    timers_dispose(&answers.timers);
    pool_free(pool);
    return size;
}

#endif
