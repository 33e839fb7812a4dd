/* What a line of the access log costs the worker that writes it: a page with four parts, and a
 * request without any. A benchmark, not a test: build it with -O2 and run it alone. */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/compose/parts_log.h"
#include "bff/compose/run.h"
#include "bff/compose/run_calls.h"
#include "bff/http/access_log.h"
#include "bff/http/request.h"

#define PARTS 4
#define LINES 200000
#define AT_ONCE 500 /* so few that the ring never fills */

static struct bff_part rows[PARTS];
static struct plan_part plan_parts[PARTS] = {
    {.row = &rows[0], .name = {"user", 4}},
    {.row = &rows[1], .name = {"recentOrders", 12}},
    {.row = &rows[2], .name = {"recommendations", 15}},
    {.row = &rows[3], .name = {"unreadNotifications", 19}},
};
static const struct plan plan = {.parts = plan_parts, .part_count = PARTS};
static const struct run_request run_request = {.plan = &plan};
static const struct service_endpoint address = {.authority = (char *)(uintptr_t) "127.0.0.1:3002"};
static struct endpoint endpoint = {.at = &address};
static struct run_call calls[PARTS];
static struct run_item items[PARTS];
static struct run_part parts[PARTS];
static struct run run = {.request = &run_request, .parts = parts};

static void settle_parts(void)
{
    for (size_t i = 0; i < PARTS; i++) {
        calls[i].fetch.call.endpoint = &endpoint;
        items[i] = (struct run_item){.status = 200, .is_settled = true, .call = &calls[i]};
        parts[i] = (struct run_part){.is_started = true,
                                     .is_settled = true,
                                     .started_ns = 1000,
                                     .settled_ns = 1834567 * (int64_t)(i + 1),
                                     .items = &items[i],
                                     .item_count = 1};
    }
}

static void report(const char *what, const struct request *request)
{
    int64_t took_ns = 0;
    struct timespec pause = {.tv_nsec = 20 * CLOCK_MS};

    for (int done = 0; done < LINES; done += AT_ONCE) {
        int64_t began_ns = clock_now_ns();
        for (int i = 0; i < AT_ONCE; i++)
            access_log_write(request);
        took_ns += clock_now_ns() - began_ns;
        if (done % (AT_ONCE * 4) == 0)
            nanosleep(&pause, NULL);
    }
    printf("%-22s %5.0f ns a line\n", what, (double)took_ns / LINES);
}

int main(void)
{
    struct client client = {.address = "127.0.0.1"};
    h2o_req_t h2o = {.version = 0x101, .bytes_sent = 1234, .res = {.status = 200}};
    struct request request = {
        .h2o = &h2o,
        .client = &client,
        .method = TEXT("GET"),
        .path = TEXT("/api/dashboard/42"),
        .id = TEXT("4bf92f3577b34da6a3ce929d0e0e4736"),
        .traceparent = TEXT("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        .began_ns = clock_now_ns(),
    };

    settle_parts();
    log_own_ring();
    log_start(open("/dev/null", O_WRONLY | O_CLOEXEC));
    report("a plain request", &request);
    request.log_parts = parts_log;
    request.parts = &run;
    report("a page with four parts", &request);
    log_stop(1000);
    return 0;
}
