/* Tests of the limits on the time and the number of clients, with a server whose limits are some
 * milliseconds. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/http/body.h"
#include "bff/http/reply.h"
#include "tests/unit/http_under_test.h"

#define LONG_MS 60000
#define BIG ((size_t)32 * 1024 * 1024) /* more than the kernel takes from us */
#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static char big[BIG];
static void answer(struct request *request);
static void on_body(void *cookie, enum body_end end)
{
    if (end == BODY_LEFT)
        reply_nobody(cookie);
    else
        answer(cookie);
}

static void on_request(struct request *request)
{
    if (request->body == NULL || request->body->is_over)
        answer(request);
    else
        body_read(request->body, 1024 * 1024, on_body, request);
}

static void answer(struct request *request)
{
    static const struct text small = {"small", 5}, large = {big, sizeof(big)};
    struct reply reply = {
        .status = 200, .body = text_is(request->path, "/big") ? &large : &small, .body_count = 1};

    if (!text_is(request->path, "/never"))
        reply_send(request, &reply);
}

/* Each test has a server of its own, which stays to the end of the process. */
static struct under_test *serve(const struct server_limits *limits)
{
    struct under_test *test = memory_new(sizeof(*test));
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    memcpy(&test->listen.address, &address, sizeof(address));
    test->listen.address_len = sizeof(address);
    assert_int_equal(listen_open(&test->listen, 1), 0);
    assert_int_equal(sem_init(&test->ready, 0, 0), 0);
    test->http = (struct http_settings){
        .limits = *limits,
        .body_limit = 1024 * 1024,
        .drain_ms = 1000,
        .listens = &test->listen,
        .listen_count = 1,
    };
    test->settings = (struct server_settings){
        .workers = 1,
        .on_begin = on_begin,
        .on_end = on_end,
        .on_request = on_request,
        .on_ready = on_ready,
        .application = test,
    };
    test->server = server_new(&test->settings);
    server_start(test->server);
    while (sem_wait(&test->ready) != 0)
        ;
    return test;
}

/* Limits that nothing here reaches. */
static struct server_limits no_limits(void)
{
    struct server_limits limits = limits_default;

    limits.header_ms = limits.body_ms = limits.idle_ms = limits.stall_ms = LONG_MS;
    return limits;
}

/* Clients. */

static int new_client(void)
{
    struct timeval patience = {.tv_sec = 20};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    return fd;
}

static int connect_to(const struct under_test *test)
{
    int fd = new_client();

    assert_int_equal(
        connect(fd, (const struct sockaddr *)&test->listen.address, test->listen.address_len), 0);
    return fd;
}

static void send_bytes(int fd, const char *bytes, size_t count)
{
    assert_int_equal(send(fd, bytes, count, MSG_NOSIGNAL), (ssize_t)count);
}

static void send_text(int fd, const char *text) { send_bytes(fd, text, strlen(text)); }

/* Reads to the end; how many bytes came. Being reset is an end, waiting in vain is none. */
static size_t read_all(int fd)
{
    static char bytes[65536];
    size_t all = 0;

    for (;;) {
        ssize_t got = recv(fd, bytes, sizeof(bytes), 0);
        if (got > 0) {
            all += (size_t)got;
            continue;
        }
        if (got < 0 && errno != ECONNRESET)
            fail_msg("the server does not hang up: %s", strerror(errno));
        return all;
    }
}

/* The server answers a small request on this connection. */
static void assert_served(int fd)
{
    char bytes[1024] = "";
    size_t have = 0;

    send_text(fd, GET("/"));
    while (strstr(bytes, "\r\n\r\nsmall") == NULL) {
        ssize_t got = recv(fd, bytes + have, sizeof(bytes) - 1 - have, 0);
        assert_true(got > 0);
        have += (size_t)got;
        bytes[have] = '\0';
    }
}

static void assert_closed_after(int fd, int64_t began_ns, int64_t least_ms)
{
    read_all(fd);
    assert_true((clock_now_ns() - began_ns) / CLOCK_MS >= least_ms);
    close(fd);
}

/* Sends ${piece} every 10 ms until the server hangs up, or for ${most} times; how often. */
static int drip(int fd, const char *piece, size_t bytes, int most)
{
    struct pollfd look = {.fd = fd, .events = POLLIN | POLLRDHUP};

    for (int i = 0; i < most; i++)
        if (poll(&look, 1, 10) > 0 || send(fd, piece, bytes, MSG_NOSIGNAL) < 0)
            return i;
    return most;
}

/* Reading. */

static void test_a_head_that_takes_too_long(void **state)
{
    struct server_limits limits = no_limits();
    limits.header_ms = 200;
    struct under_test *test = serve(&limits);
    int64_t began_ns = clock_now_ns();
    int silent = connect_to(test), slow = connect_to(test), fine = connect_to(test);

    send_text(silent, "GET / HTTP/1.1\r\nHos");
    assert_closed_after(silent, began_ns, 200);
    send_text(slow, "GET / HTTP/1.1\r\nHost: ");
    assert_true(drip(slow, "a", 1, 2000) < 2000);
    assert_closed_after(slow, began_ns, 400);
    assert_served(fine); /* who sends nothing is not slow but idle */
    close(fine);
}

static void test_a_body_that_takes_too_long(void **state)
{
    struct server_limits limits = no_limits();
    limits.header_ms = 100;
    limits.body_ms = 800;
    struct under_test *test = serve(&limits);
    int64_t began_ns = clock_now_ns();
    int silent = connect_to(test), fine = connect_to(test);
    char piece[1024];

    memset(piece, 'x', sizeof(piece));
    send_text(silent, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx");
    assert_closed_after(silent, began_ns, 800);
    send_text(fine, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 122881\r\n\r\n");
    assert_int_equal(drip(fine, piece, sizeof(piece), 120), 120); /* longer than that in all */
    send_text(fine, "x");
    char status[13] = "";
    assert_int_equal(recv(fine, status, 12, MSG_WAITALL), 12);
    assert_string_equal(status, "HTTP/1.1 200");
    close(fine);
}

static void test_idle_connections(void **state)
{
    struct server_limits limits = no_limits();
    limits.idle_ms = 200;
    struct under_test *test = serve(&limits);
    int64_t began_ns = clock_now_ns();
    int fresh = connect_to(test), used = connect_to(test), busy = connect_to(test);

    send_text(busy, GET("/never"));
    assert_served(used);
    assert_closed_after(fresh, began_ns, 200);
    assert_closed_after(used, began_ns, 200);
    struct pollfd look = {.fd = busy, .events = POLLIN | POLLRDHUP};
    assert_int_equal(poll(&look, 1, 600), 0); /* its request is still being worked on */
    close(busy);
}

/* Writing. */

static void wait_until_alone(const struct under_test *test)
{
    for (int i = 0; i < 2000 && atomic_load(&test->server->common.connections) > 0; i++)
        poll(NULL, 0, 10);
    assert_int_equal(atomic_load(&test->server->common.connections), 0);
}

static void test_a_reader_that_stalls(void **state)
{
    struct server_limits limits = no_limits();
    limits.stall_ms = 300;
    struct under_test *test = serve(&limits);
    int fd = connect_to(test);
    char first;

    send_text(fd, GET("/big"));
    assert_int_equal(recv(fd, &first, 1, 0), 1);
    wait_until_alone(test);
    assert_true(read_all(fd) < BIG);
    close(fd);
}

static void test_a_reader_that_is_slow(void **state)
{
    struct server_limits limits = no_limits();
    limits.stall_ms = 1000;
    struct under_test *test = serve(&limits);
    int fd = connect_to(test), window = 65536;
    static char bytes[2 * 1024 * 1024];
    int64_t began_ns = clock_now_ns();
    size_t all = 0;
    ssize_t got;

    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof(window));
    send_text(fd, GET("/big"));
    while (all < BIG && (got = recv(fd, bytes, sizeof(bytes), 0)) > 0) {
        all += (size_t)got;
        if (clock_now_ns() - began_ns < 1500 * CLOCK_MS)
            poll(NULL, 0, 50);
    }
    assert_true(all >= BIG);
    close(fd);
}

/* HTTP/2: the preface, no window for any stream, GET /big: nothing of the answer may be sent. */
static void test_a_window_that_stays_shut(void **state)
{
    static const char bytes[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                                "\0\0\6\4\0\0\0\0\0"
                                "\0\4\0\0\0\0"
                                "\0\0\15\1\5\0\0\0\1"
                                "\x82\x86\x41\1a\x44\4/big"
                                "\x53\0";
    struct server_limits limits = no_limits();
    limits.stall_ms = 300;
    struct under_test *test = serve(&limits);
    int64_t began_ns = clock_now_ns();
    int fd = connect_to(test);

    send_bytes(fd, bytes, sizeof(bytes) - 1);
    assert_closed_after(fd, began_ns, 300);
    wait_until_alone(test);
}

/* How many. */

static void assert_room_for_two(struct under_test *test)
{
    int first = connect_to(test), second = connect_to(test);

    assert_served(first);
    assert_served(second);
    int third = connect_to(test);
    assert_int_equal(read_all(third), 0);
    close(third);
    assert_served(first);
    close(second);
    for (int i = 0; i < 2000 && atomic_load(&test->server->common.connections) > 1; i++)
        poll(NULL, 0, 10);
    third = connect_to(test);
    assert_served(third);
    close(third);
    close(first);
}

static void test_connections(void **state)
{
    struct server_limits limits = no_limits();
    limits.connections = 2;
    assert_room_for_two(serve(&limits));
}

static void test_connections_of_an_address(void **state)
{
    struct server_limits limits = no_limits();
    limits.connections_per_address = 2;
    assert_room_for_two(serve(&limits));
}

static double processor_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Without a descriptor nobody is accepted, the worker rests meanwhile, and goes on afterwards. This
 * test is the first one: the servers of others close descriptors after their tests. */
static void test_no_descriptors(void **state)
{
    struct server_limits limits = no_limits();
    struct under_test *test = serve(&limits);
    struct rlimit before, none;
    int fd = new_client();

    getrlimit(RLIMIT_NOFILE, &before);
    none = before;
    none.rlim_cur = (rlim_t)fd + 1;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    double began = processor_seconds();
    assert_int_equal(
        connect(fd, (const struct sockaddr *)&test->listen.address, test->listen.address_len), 0);
    struct pollfd look = {.fd = fd, .events = POLLIN};
    send_text(fd, GET("/"));
    assert_int_equal(poll(&look, 1, 500), 0);
    assert_true(processor_seconds() - began < 0.3);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_int_equal(poll(&look, 1, 10000), 1);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_descriptors),
        cmocka_unit_test(test_a_head_that_takes_too_long),
        cmocka_unit_test(test_a_body_that_takes_too_long),
        cmocka_unit_test(test_idle_connections),
        cmocka_unit_test(test_a_reader_that_stalls),
        cmocka_unit_test(test_a_reader_that_is_slow),
        cmocka_unit_test(test_a_window_that_stays_shut),
        cmocka_unit_test(test_connections),
        cmocka_unit_test(test_connections_of_an_address),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
