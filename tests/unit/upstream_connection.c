/* Tests of connections whose system calls are collected in a batch: what may happen to a connection
 * before the batch makes the call, and before the batch reports the result. Without io_uring there
 * is nothing to test. */
#include <errno.h>
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

#include "bff/base/memory.h"
#include "bff/upstream/connection.h"

#define REQUEST "GET / HTTP/1.1\r\n\r\n"
#define ANSWER "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
#define PEERS 3

/* A connection, its service's side, and what its user was told. */
struct peer {
    struct connection *connection; /* NULL: it is not ours any more */
    int service;
    h2o_iovec_t piece;
    char body[16];
    unsigned ended;
    enum reason reason;
    bool is_clean;
    struct peer *closes; /* when it ends */
};

static struct scene {
    h2o_loop_t *loop;
    h2o_timeout_t soon;
    struct timers timers;
    struct endpoint_loop on;
    struct endpoint endpoint;
    struct endpoint_state state;
    struct peer peers[PEERS];
} scene;

static void on_opened(void *cookie) {}
static void on_received(void *cookie) {}

static void on_ended(void *cookie, const struct connection_end *end)
{
    struct peer *peer = cookie;

    peer->connection = NULL;
    peer->ended++;
    peer->reason = end->reason;
    peer->is_clean = end->is_clean;
    if (peer->closes == NULL || peer->closes->connection == NULL)
        return;
    connection_close(peer->closes->connection);
    peer->closes->connection = NULL;
}

static const struct connection_user user = {
    .opened = on_opened, .received = on_received, .ended = on_ended};

static int on_head(void *cookie, const struct exchange_head *head, enum reason *why) { return 0; }

static int on_body(void *cookie, const char *bytes, size_t len, enum reason *why)
{
    struct peer *peer = cookie;

    strncat(peer->body, bytes, len);
    return 0;
}

static const struct exchange_sink sink = {.head = on_head, .body = on_body};

static void no_wake(struct timers *timers, int64_t at_ns) {}

static int open_peer(struct peer *peer)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return -1;
    peer->service = pair[1];
    peer->connection = memory_new(sizeof(*peer->connection));
    peer->connection->endpoint = &scene.endpoint;
    peer->connection->user = &user;
    peer->connection->cookie = peer;
    peer->connection->socket = h2o_evloop_socket_create(scene.loop, pair[0], 0);
    peer->connection->socket->data = peer->connection;
    connection_open(peer->connection);
    return 0;
}

static int begin(void **state)
{
    scene = (struct scene){.loop = h2o_evloop_create()};
    h2o_timeout_init(scene.loop, &scene.soon, 0);
    timers_init(&scene.timers, no_wake);
    scene.on = (struct endpoint_loop){
        .loop = scene.loop,
        .timers = &scene.timers,
        .batch = batch_new(scene.loop, &scene.soon),
        .scratch = memory_new(ENDPOINT_SCRATCH_BYTES),
    };
    if (scene.on.batch == NULL)
        printf("no batch here: %s\n", strerror(errno));
    scene.endpoint.on = &scene.on;
    scene.endpoint.state = &scene.state;
    h2o_linklist_init_anchor(&scene.endpoint.idle);
    for (size_t i = 0; i < PEERS; i++)
        if (open_peer(&scene.peers[i]) != 0)
            return -1;
    return 0;
}

static int end(void **state)
{
    for (size_t i = 0; i < PEERS; i++) {
        if (scene.peers[i].connection != NULL)
            connection_close(scene.peers[i].connection);
        close(scene.peers[i].service);
    }
    connection_close_idle(&scene.endpoint, INT64_MAX);
    batch_free(scene.on.batch);
    memory_free(scene.on.scratch);
    timers_dispose(&scene.timers);
    h2o_evloop_run(scene.loop, 0);
    h2o_timeout_dispose(scene.loop, &scene.soon);
    h2o_evloop_destroy(scene.loop);
    return 0;
}

static void need_batch(void)
{
    if (scene.on.batch == NULL)
        skip();
}

static void ask(struct peer *peer)
{
    peer->piece = h2o_iovec_init(H2O_STRLIT(REQUEST));
    connection_ask(peer->connection, &(struct connection_request){
                                         .pieces = &peer->piece,
                                         .count = 1,
                                         .sink = &sink,
                                         .sink_cookie = peer,
                                     });
}

static void say(const struct peer *peer, const char *bytes)
{
    assert_int_equal(send(peer->service, bytes, strlen(bytes), 0), strlen(bytes));
}

/* What its service has got by now. */
static void expect_request(const struct peer *peer, const char *want)
{
    char got[64] = "";

    assert_true(recv(peer->service, got, sizeof(got) - 1, MSG_DONTWAIT) <= (ssize_t)strlen(want));
    assert_string_equal(got, want);
}

static void step(void) { assert_int_equal(h2o_evloop_run(scene.loop, 0), 0); }

static void test_requests_and_answers(void **state)
{
    need_batch();
    for (size_t i = 0; i < PEERS; i++) {
        ask(&scene.peers[i]);
        expect_request(&scene.peers[i], "");
    }
    step();
    for (size_t i = 0; i < PEERS; i++) {
        expect_request(&scene.peers[i], REQUEST);
        say(&scene.peers[i], ANSWER);
    }
    step();
    for (size_t i = 0; i < PEERS; i++) {
        assert_int_equal(scene.peers[i].ended, 1);
        assert_int_equal(scene.peers[i].reason, REASON_NONE);
        assert_string_equal(scene.peers[i].body, "hi");
    }
    assert_int_equal(scene.endpoint.idle_count, PEERS);
}

static void test_closed_before_its_request_is_sent(void **state)
{
    need_batch();
    ask(&scene.peers[0]);
    ask(&scene.peers[1]);
    connection_close(scene.peers[0].connection);
    scene.peers[0].connection = NULL;
    step();
    expect_request(&scene.peers[0], "");
    expect_request(&scene.peers[1], REQUEST);
    assert_int_equal(scene.peers[0].ended, 0);
}

/* A required part that fails cancels the others: two answers were read by one call, and telling of
 * the first closes the connection of the second. */
static void test_closed_when_its_answer_is_read_already(void **state)
{
    need_batch();
    for (size_t i = 0; i < PEERS; i++)
        ask(&scene.peers[i]);
    step();
    for (size_t i = 0; i < PEERS; i++)
        say(&scene.peers[i], ANSWER);
    scene.peers[0].closes = &scene.peers[1];
    scene.peers[1].closes = &scene.peers[0];
    step();
    assert_int_equal(scene.peers[0].ended + scene.peers[1].ended, 1);
    assert_int_equal(scene.peers[2].ended, 1);
    assert_string_equal(scene.peers[2].body, "hi");
}

/* What a service says before it was asked answers nothing. */
static void test_an_answer_before_the_request(void **state)
{
    need_batch();
    step(); /* all are armed */
    say(&scene.peers[0], ANSWER);
    close(scene.peers[1].service);
    scene.peers[1].service = -1;
    for (size_t i = 0; i < PEERS; i++)
        ask(&scene.peers[i]);
    step();
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(scene.peers[i].ended, 1);
        assert_int_equal(scene.peers[i].reason, REASON_RESET);
        assert_true(scene.peers[i].is_clean);
        assert_string_equal(scene.peers[i].body, "");
    }
    expect_request(&scene.peers[0], "");
    expect_request(&scene.peers[2], REQUEST);
}

static void test_paused_and_resumed(void **state)
{
    need_batch();
    ask(&scene.peers[0]);
    step();
    connection_pause(scene.peers[0].connection);
    say(&scene.peers[0], ANSWER);
    step();
    step();
    assert_int_equal(scene.peers[0].ended, 0);
    connection_resume(scene.peers[0].connection);
    step();
    step();
    assert_int_equal(scene.peers[0].ended, 1);
    assert_string_equal(scene.peers[0].body, "hi");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_requests_and_answers, begin, end),
        cmocka_unit_test_setup_teardown(test_closed_before_its_request_is_sent, begin, end),
        cmocka_unit_test_setup_teardown(test_closed_when_its_answer_is_read_already, begin, end),
        cmocka_unit_test_setup_teardown(test_an_answer_before_the_request, begin, end),
        cmocka_unit_test_setup_teardown(test_paused_and_resumed, begin, end),
    };

    signal(SIGPIPE, SIG_IGN); /* as the server does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
