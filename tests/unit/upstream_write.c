/* Tests of a request that the socket does not accept at once: the service must get all bytes, once
 * and in order. The test replaces the batch and send(2) by its own functions. It runs with a batch
 * and without. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/base/memory.h"
#include "bff/upstream/connection.h"

#define FIRST "GET /users/1"
#define SECOND " HTTP/1.1\r\nhost: users\r\n"
#define THIRD "\r\n"
#define LENGTH ((ssize_t)(sizeof(FIRST SECOND THIRD) - 1))

static ssize_t takes; /* of a request, at the first attempt; or -errno */

/* What the kernel is asked for by a connection without a batch. */
ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
    assert_int_equal(len, LENGTH);
    if (takes < 0) {
        errno = (int)-takes;
        return -1;
    }
    return syscall(SYS_sendto, fd, bytes, (size_t)takes, flags, NULL, 0);
}

/* A batch of one. */

struct batch {
    char room[BATCH_SEND_BYTES];
    int fd;
    size_t len;
    struct batch_call *call;
};

char *batch_room(struct batch *batch) { return batch->room; }

void batch_send(struct batch *batch, int fd, size_t len, struct batch_call *call)
{
    batch->fd = fd;
    batch->len = len;
    batch->call = call;
}

bool batch_receive(struct batch *batch, int fd, struct batch_call *call) { return false; }

void batch_forget(struct batch_call *call) {}

static void batch_run(struct batch *batch)
{
    ssize_t result = takes;

    assert_int_equal(batch->len, LENGTH);
    if (takes > 0)
        result = syscall(SYS_sendto, batch->fd, batch->room, (size_t)takes, 0, NULL, 0);
    batch->call->done(batch->call, batch->room, result);
}

/* A connection. */

static void on_opened(void *cookie) {}
static void on_received(void *cookie) {}
static void on_ended(void *cookie, const struct connection_end *end) {}

static const struct connection_user user = {
    .opened = on_opened, .received = on_received, .ended = on_ended};

static void no_wake(struct timers *timers, int64_t at_ns) {}

static void expect_request(h2o_loop_t *loop, int service)
{
    char got[256] = "";
    size_t len = 0;

    while (len < (size_t)LENGTH) {
        h2o_evloop_run(loop, 0);
        ssize_t more = recv(service, got + len, sizeof(got) - 1 - len, MSG_DONTWAIT);
        if (more <= 0)
            fail_msg("after \"%s\" nothing comes", got);
        len += (size_t)more;
    }
    assert_string_equal(got, FIRST SECOND THIRD);
}

static void ask(h2o_loop_t *loop, struct batch *batch)
{
    struct timers timers;
    timers_init(&timers, no_wake);
    struct endpoint_loop on = {.loop = loop, .timers = &timers, .batch = batch};
    struct endpoint_state state = {0};
    struct endpoint endpoint = {.on = &on, .state = &state};
    static const struct exchange_sink sink;
    h2o_iovec_t pieces[] = {{H2O_STRLIT(FIRST)}, {H2O_STRLIT(SECOND)}, {H2O_STRLIT(THIRD)}};
    struct connection_request request = {.pieces = pieces, .count = 3, .sink = &sink};
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    h2o_linklist_init_anchor(&endpoint.idle);
    struct connection *connection = memory_new(sizeof(*connection));
    connection->endpoint = &endpoint;
    connection->user = &user;
    connection->socket = h2o_evloop_socket_create(loop, pair[0], 0);
    connection->socket->data = connection;
    connection_open(connection);
    connection_ask(connection, &request);
    if (batch != NULL)
        batch_run(batch);
    expect_request(loop, pair[1]);
    h2o_evloop_run(loop, 0); /* libh2o tells that it has written */
    assert_null(connection->out.pieces);
    connection_close(connection);
    close(pair[1]);
    timers_dispose(&timers);
}

static void test_all_arrives_whatever_is_taken(void **state)
{
    static const ssize_t all[] = {
        LENGTH,    -EAGAIN, -EPIPE, 1, sizeof(FIRST) - 1, sizeof(FIRST), sizeof(FIRST SECOND) - 1,
        LENGTH - 1};
    h2o_loop_t *loop = h2o_evloop_create();
    struct batch batch;

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        takes = all[i];
        ask(loop, &batch);
        ask(loop, NULL);
    }
    h2o_evloop_run(loop, 0);
    h2o_evloop_destroy(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_arrives_whatever_is_taken)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
