/* A serving process in a test: a build with one page, a service that the test plays, and
 * configurations that are read from texts. */
#ifndef TESTS_UNIT_SERVING_H
#define TESTS_UNIT_SERVING_H

#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/app/process_listen.h"

#define LOOK_MS 10
#define LOOKS 2000
#define BYTES 8192

/* A build: one page with one part, and two services. */

static const struct bff_service users = {"users", "GENERATION_USERS", "http://127.0.0.1:1"};
static const struct bff_service orders = {"orders", "GENERATION_ORDERS", "http://127.0.0.1:1"};
static const struct bff_service *const services[] = {&users, &orders};
static const struct bff_services service_table = BFF_TABLE(services);

static inline void ask_user(struct bff_ask *ask) { ask_get(ask, &users, "/user"); }

static const struct bff_part parts[] = {
    {.name = "user", .ask = ask_user, .need = BFF_REQUIRED, .kind = BFF_OBJECT}};
static const struct bff_composite page = {
    .route = "GET /page",
    .about = "a page",
    .failure = "no page",
    .access = BFF_PUBLIC,
    .budget_ms = 60000,
    .parts = BFF_TABLE(parts),
};
static const struct bff_composite *const composites[] = {&page};
static const struct bff_build build = {
    .name = "test", .port = 8080, .composites = BFF_TABLE(composites), .services = &service_table};

/* Sockets. */

static inline int new_socket(void)
{
    struct timeval patience = {.tv_sec = 20};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    return fd;
}

/* A service that the test plays. It listens, and a connection is accepted only when the test takes
 * a call from it. */
struct service {
    int fd;
    unsigned port;
};

static inline struct service service_new(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    struct service service = {.fd = new_socket()};

    assert_int_equal(bind(service.fd, (const struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(service.fd, 16), 0);
    assert_int_equal(getsockname(service.fd, (struct sockaddr *)&address, &len), 0);
    service.port = ntohs(address.sin_port);
    return service;
}

static inline void send_text(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Reads a message: a head, and at least ${body} bytes after it. */
static inline void read_message(int fd, size_t body, char out[BYTES])
{
    size_t len = 0;
    const char *end = NULL;

    out[0] = '\0';
    while (len + 1 < BYTES && (end == NULL || out + len < end + 4 + body)) {
        ssize_t got = recv(fd, out + len, BYTES - 1 - len, 0);
        if (got <= 0)
            break;
        len += (size_t)got;
        out[len] = '\0';
        end = strstr(out, "\r\n\r\n");
    }
    if (end == NULL)
        fail_msg("no head: \"%s\"", out);
}

/* Accepts the next connection to ${service}, and checks that its request begins with ${line}.
 * Returns the connection, so that the test can answer later. */
static inline int take_call(const struct service *service, const char *line)
{
    char head[BYTES];
    int fd = accept(service->fd, NULL, NULL);
    struct timeval patience = {.tv_sec = 20};

    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    read_message(fd, 0, head);
    if (strncmp(head, line, strlen(line)) != 0)
        fail_msg("wanted %s, got %s", line, head);
    return fd;
}

static inline void answer_call(int fd, int status, const char *body)
{
    char head[256];

    snprintf(head, sizeof(head),
             "HTTP/1.1 %d OK\r\ncontent-type: application/json\r\nconnection: close\r\n"
             "content-length: %zu\r\n\r\n",
             status, strlen(body));
    send_text(fd, head);
    send_text(fd, body);
    close(fd);
}

/* The process under test. */

void __real_log_start(int fd);
void __wrap_log_start(int fd);

void __wrap_log_start(int fd)
{
    static atomic_flag is_started = ATOMIC_FLAG_INIT;

    if (!atomic_flag_test_and_set(&is_started))
        __real_log_start(fd);
}

static inline struct generation *generation_of(const char *yaml)
{
    char name[] = "/tmp/bff-generation-XXXXXX", *argv[] = {"bff-test", "--config", name};
    int fd = mkstemp(name);
    enum config_action action;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, yaml, strlen(yaml)), (ssize_t)strlen(yaml));
    close(fd);
    struct generation *generation = generation_load(3, argv, &build, &action);
    unlink(name); /* nothing is read a second time */
    assert_int_equal(action, CONFIG_SERVE);
    assert_null(generation_prepare(generation));
    return generation;
}

static inline struct process *start(struct generation *first)
{
    struct process *process = process_new();
    const char *where = NULL;

    assert_int_equal(process_listen(process, first, &where), 0);
    process_start(process, first);
    return process;
}

static inline void begin_swap(struct process *process, struct generation *next)
{
    const char *where = NULL;

    for (int i = 0; i < LOOKS && !atomic_load(&process->thread.is_ready); i++)
        poll(NULL, 0, LOOK_MS);
    assert_true(atomic_load(&process->thread.is_ready));
    assert_int_equal(process_listen(process, next, &where), 0);
    process_swap(process, next);
}

static inline void swap(struct process *process, struct generation *next)
{
    begin_swap(process, next);
    for (int i = 0; i < LOOKS && !process_has_swapped(process); i++)
        poll(NULL, 0, LOOK_MS);
    assert_true(process_has_swapped(process));
}

static inline void end(struct process *process, struct generation *last)
{
    process_stop(process);
    process_end(process);
    generation_release(last);
}

#endif
