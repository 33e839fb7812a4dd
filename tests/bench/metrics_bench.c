/* Measures the processor time of counting: a call, a request of a plain route, and a page with four
 * parts and four calls. This is a benchmark and not a test: build it with -O2. */
#include <stdio.h>
#include <time.h>

#include "bff/base/clock.h"
#include "bff/http/request.h"
#include "bff/observe/metrics.h"
#include "bff/observe/metrics_observer.h"
#include "bff/observe/part_report.h"
#include "bff/upstream/call.h"
#include "bff/upstream/call_report.h"

#define TIMES 200000
#define PARTS 4

static const struct bff_service service = {.name = "users"};
static struct service_endpoint at = {.host = (char *)(uintptr_t) "127.0.0.1", .port = 3000};
static struct endpoint endpoint = {.at = &at};
static struct metrics_row rows[4 + PARTS];
static size_t first_part[] = {0, 2};
static struct metrics_service services[] = {
    {.service = &service, .endpoints = &at, .count = 1, .first = 2 + PARTS}};
static struct metrics metrics = {.rows = rows,
                                 .count = 3 + PARTS,
                                 .first = {0, 2, 2 + PARTS, 3 + PARTS, 3 + PARTS},
                                 .first_part = first_part,
                                 .services = services,
                                 .service_count = 1,
                                 .has_exemplars = true};
static struct observed observed;
static struct part_report parts[PARTS];
static struct client client;
static h2o_req_t h2o_req;

static const struct text traceparent = {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                        TRACEPARENT_LEN};
static struct request request = {
    .h2o = &h2o_req, .client = &client, .method = {"GET", 3}, .pattern_number = 1, .ended_ns = 0};
static struct call_ask ask = {.method = {"GET", 3}};
static struct call_report report = {.ask = &ask,
                                    .service = &service,
                                    .endpoint = &endpoint,
                                    .status = 200,
                                    .is_reused = true,
                                    .started_ns = 1,
                                    .connected_ns = 1,
                                    .ended_ns = 2 * CLOCK_MS};

static void call(void) { metrics_observer.on_call(&observed, &report); }

static void plain(void)
{
    request.part_count = 0;
    call();
    metrics_observer.on_over(&observed, &request);
}

static void page(void)
{
    request.parts = parts;
    request.part_count = PARTS;
    for (int i = 0; i < PARTS; i++)
        call();
    metrics_observer.on_over(&observed, &request);
}

static double now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* The best of some runs, in nanoseconds. */
static double cost(void (*once)(void))
{
    double best = 1e12;

    for (int run = 0; run < 10; run++) {
        double began = now_ns();
        for (int i = 0; i < TIMES; i++)
            once();
        double each = (now_ns() - began) / TIMES;
        best = each < best ? each : best;
    }
    return best;
}

int main(void)
{
    struct registry *registry = registry_new();
    char name[] = "a";

    for (size_t i = 0; i < metrics.count; i++, name[0]++)
        rows[i].set = metrics_set_hold(registry, text_of(name));
    observed.metrics = metrics_worker_new(&metrics, 0);
    request.traceparent = ask.traceparent = traceparent;
    request.began_ns = clock_now_ns();
    h2o_req.res.status = 200;
    for (int i = 0; i < PARTS; i++)
        parts[i] = (struct part_report){.took_ns = CLOCK_MS, .has_call = true};
    printf("a call                          %6.0f ns\n", cost(call));
    printf("a plain route, with its call    %6.0f ns\n", cost(plain));
    printf("a page, 4 parts and 4 calls     %6.0f ns\n", cost(page));
    metrics_worker_free(observed.metrics);
    for (size_t i = 0; i < metrics.count; i++)
        registry_release(rows[i].set);
    registry_free(registry);
    return 0;
}
