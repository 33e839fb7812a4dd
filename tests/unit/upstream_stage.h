/*
 * A test of a worker's upstream with real sockets: services on 127.0.0.1 that give a fixed answer,
 * calls that record what their users see, and the reports of the attempts. Everything happens in
 * one thread, step by step.
 */
#ifndef TESTS_UNIT_UPSTREAM_STAGE_H
#define TESTS_UNIT_UPSTREAM_STAGE_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/registry.h"
#include "bff/upstream/call.h"
#include "bff/upstream/upstream.h"

#ifndef STAGE_SERVICES
#define STAGE_SERVICES 2
#endif
#define STAGE_CONNECTIONS 64
#define STAGE_REPORTS 64

#define STAGE_OK "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
#define STAGE_BUSY "HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nbusy"

/* One address of the service. */
struct stage_service {
    int listen;
    const char *answer; /* NULL: it does not answer */
    int connections[STAGE_CONNECTIONS];
    unsigned accepted, requests, closed;
    bool is_deaf; /* it accepts nothing */
};

/* A call, and what its user sees: "200 hi, none". */
struct stage_call {
    struct call_ask ask;
    struct call call;
    char seen[128];
    bool is_over;
};

static struct {
    h2o_loop_t *loop;
    struct timers timers;
    struct registry *registry;
    struct endpoints *endpoints;
    struct stage_service services[STAGE_SERVICES];
    struct service_endpoint addresses[STAGE_SERVICES];
    struct service_settings settings;
    struct call_report reports[STAGE_REPORTS];
    unsigned report_count;
} stage;

static const struct bff_service stage_users = {.name = "users"};

/* Services. */

static inline void stage_listen(size_t i)
{
    struct stage_service *service = &stage.services[i];
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    char url[64];

    service->listen = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    must(bind(service->listen, (struct sockaddr *)&at, len) == 0);
    must(listen(service->listen, 16) == 0);
    must(getsockname(service->listen, (struct sockaddr *)&at, &len) == 0);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u", (unsigned)ntohs(at.sin_port));
    must(service_endpoint_read(url, &stage.addresses[i]) == NULL);
    service->answer = STAGE_OK;
}

static inline void stage_close_listener(struct stage_service *service)
{
    close(service->listen);
    service->listen = -1;
}

/* Closes all connections that ${service} has accepted, as a service does with idle connections. */
static inline void stage_hang_up(struct stage_service *service)
{
    for (unsigned i = 0; i < service->accepted; i++) {
        if (service->connections[i] >= 0)
            close(service->connections[i]);
        service->connections[i] = -1;
    }
}

/* Reads a request and answers it. One read is enough, because the request is short. */
static inline void stage_answer(struct stage_service *service, int *connection)
{
    char request[4096];
    ssize_t got = recv(*connection, request, sizeof(request), MSG_DONTWAIT);

    if (got == 0) {
        close(*connection);
        *connection = -1;
        service->closed++;
    }
    if (got <= 0)
        return;
    service->requests++;
    if (service->answer != NULL)
        must(send(*connection, service->answer, strlen(service->answer), MSG_NOSIGNAL) > 0);
}

/* Sends more bytes on the connection that ${service} accepted last. */
static inline void stage_say(const struct stage_service *service, const char *bytes)
{
    int fd = service->connections[service->accepted - 1];

    must(send(fd, bytes, strlen(bytes), MSG_NOSIGNAL) == (ssize_t)strlen(bytes));
}

static inline void stage_serve(struct stage_service *service)
{
    int fd = service->is_deaf ? -1 : accept4(service->listen, NULL, NULL, SOCK_CLOEXEC);

    if (fd >= 0) {
        must(service->accepted < STAGE_CONNECTIONS);
        service->connections[service->accepted++] = fd;
    }
    for (unsigned i = 0; i < service->accepted; i++)
        if (service->connections[i] >= 0)
            stage_answer(service, &service->connections[i]);
}

/* The play. */

static inline void stage_no_wake(struct timers *timers, int64_t at_ns) {}

static inline void stage_step(void)
{
    for (size_t i = 0; i < STAGE_SERVICES; i++)
        stage_serve(&stage.services[i]);
    must(h2o_evloop_run(stage.loop, 1) == 0);
    timers_run(&stage.timers, clock_now_ns());
}

static inline void stage_steps(unsigned count)
{
    while (count-- > 0)
        stage_step();
}

/* Steps until ${ms} have passed. */
static inline void stage_wait(int64_t ms)
{
    int64_t until_ns = clock_now_ns() + ms * CLOCK_MS;

    while (clock_now_ns() < until_ns)
        stage_step();
}

static inline void stage_play(const struct stage_call *call)
{
    for (unsigned steps = 0; !call->is_over; steps++) {
        must(steps < 10000);
        stage_step();
    }
}

/* Calls. */

static inline void stage_note(struct stage_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline void stage_note(struct stage_call *call, const char *format, ...)
{
    size_t len = strlen(call->seen);
    va_list args;

    va_start(args, format);
    vsnprintf(call->seen + len, sizeof(call->seen) - len, format, args);
    va_end(args);
}

static inline int stage_on_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    stage_note(cookie, "%d ", head->status);
    return 0;
}

static inline int stage_on_body(void *cookie, const char *bytes, size_t len, enum reason *why)
{
    stage_note(cookie, "%.*s", (int)len, bytes);
    return 0;
}

static inline void stage_on_end(void *cookie, enum reason reason)
{
    struct stage_call *call = cookie;

    stage_note(call, ", %s", reason_name(reason));
    assert_false(call->is_over);
    call->is_over = true;
}

static const struct exchange_sink stage_sink = {
    .head = stage_on_head, .body = stage_on_body, .end = stage_on_end};

static inline void stage_call(struct stage_call *call, struct upstream *upstream)
{
    *call = (struct stage_call){.ask = {
                                    .service = &stage_users,
                                    .method = TEXT("GET"),
                                    .target = TEXT("/"),
                                    .headers = TEXT("accept: */*\r\n"),
                                    .may_repeat = true,
                                }};
    call_start(&call->call, upstream, &call->ask, &stage_sink, call);
    assert_false(call->is_over); /* never from inside call_start */
}

/* Makes a whole call, and returns what its user saw. */
static inline const char *stage_ask(struct upstream *upstream)
{
    static struct stage_call call;

    stage_call(&call, upstream);
    stage_play(&call);
    return call.seen;
}

static inline void stage_observe(void *cookie, const struct call_report *report)
{
    must(stage.report_count < STAGE_REPORTS);
    stage.reports[stage.report_count++] = *report;
}

static inline struct endpoint_state *stage_state(struct upstream *upstream, size_t endpoint)
{
    return upstream->services[0].set.rows[endpoint]->state;
}

static inline void stage_expect_none_in_flight(struct upstream *upstream)
{
    for (size_t i = 0; i < STAGE_SERVICES; i++)
        assert_int_equal(stage_state(upstream, i)->in_flight, 0);
}

/* Begin and end. */

/* Makes the upstream of a further configuration, with the first ${endpoints} addresses of the
 * service. */
static inline struct upstream *stage_upstream(struct service_settings *settings, size_t endpoints)
{
    *settings = (struct service_settings){
        .service = &stage_users,
        .endpoints = stage.addresses,
        .endpoint_count = endpoints,
        .connect_ms = 2000,
        .first_byte_ms = 2000,
        .total_ms = 2000,
    };
    struct upstream *upstream = upstream_new(stage.endpoints, settings, 1);
    upstream->observe = stage_observe;
    return upstream;
}

static inline int stage_begin(void **state)
{
    memset(&stage, 0, sizeof(stage));
    signal(SIGPIPE, SIG_IGN);
    stage.loop = h2o_evloop_create();
    stage.registry = registry_new();
    timers_init(&stage.timers, stage_no_wake);
    stage.endpoints = endpoints_new(&(struct endpoint_loop){
        .loop = stage.loop, .timers = &stage.timers, .registry = stage.registry});
    for (size_t i = 0; i < STAGE_SERVICES; i++)
        stage_listen(i);
    *state = stage_upstream(&stage.settings, STAGE_SERVICES);
    return 0;
}

/* Frees everything, and checks that no timer, no endpoint and no state is left. */
static inline int stage_end_all(void)
{
    endpoints_free(stage.endpoints);
    assert_int_equal(stage.timers.count, 0);
    timers_dispose(&stage.timers);
    registry_free(stage.registry);
    for (size_t i = 0; i < STAGE_SERVICES; i++) {
        stage_close_listener(&stage.services[i]);
        stage_hang_up(&stage.services[i]);
        service_endpoint_free(&stage.addresses[i]);
    }
    h2o_evloop_run(stage.loop, 0);
    h2o_evloop_destroy(stage.loop);
    return 0;
}

static inline int stage_end(void **state)
{
    upstream_free(*state);
    return stage_end_all();
}

#endif
