/* Measures what a line of the access log costs the worker that writes it: for a page with four
 * parts, and for a request without parts. This is a benchmark and not a test: build it with -O2 and
 * run it alone. */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/http/request.h"
#include "bff/observe/access_log.h"
#include "bff/observe/part_report.h"

#define PARTS 4
#define LINES 200000
#define AT_ONCE 500 /* so few that the ring never fills */

static const char *const names[PARTS] = {"user", "recentOrders", "recommendations",
                                         "unreadNotifications"};
static struct part_report parts[PARTS];

static void settle_parts(void)
{
    for (size_t i = 0; i < PARTS; i++)
        parts[i] = (struct part_report){.name = text_of(names[i]),
                                        .took_ns = 1833567 * (int64_t)(i + 1),
                                        .has_call = true,
                                        .attempts = {.endpoint = TEXT("127.0.0.1:3002")},
                                        .status = 200};
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
    request.parts = parts;
    request.part_count = PARTS;
    report("a page with four parts", &request);
    log_stop(1000);
    return 0;
}
