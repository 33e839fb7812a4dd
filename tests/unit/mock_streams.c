/* Tests of what the mock services send over sockets: streams, WebSockets, and what happens to them
 * when the mock is stopped. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/base/memory.h"
#include "bff/base/text.h"
#include "fixtures/mock.h"

#define PATIENCE_S 20
#define ANSWER_MAX 1024
#define LAST " HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n"

static struct mock *mock;

static int dial(void)
{
    const char *port = strrchr(mock_url(mock, "orders"), ':') + 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(port)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static void send_all(int fd, const char *at, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);
        assert_true(sent > 0);
        at += sent;
        len -= (size_t)sent;
    }
}

static int ask(const char *request)
{
    int fd = dial();

    send_all(fd, request, strlen(request));
    return fd;
}

/* All that comes until the other side ends, with a NUL behind it. */
static const char *answer_to(const char *request)
{
    static char answer[ANSWER_MAX];
    size_t len = 0;
    int fd = ask(request);

    for (ssize_t got; (got = recv(fd, answer + len, ANSWER_MAX - 1 - len, 0)) != 0;) {
        assert_true(got > 0);
        len += (size_t)got;
    }
    answer[len] = '\0';
    close(fd);
    return answer;
}

/* Reads up to where ${end} has come. */
static void read_until(int fd, const char *end)
{
    char got[ANSWER_MAX] = "";

    for (size_t len = 0; strstr(got, end) == NULL; len++) {
        assert_true(len < sizeof(got) - 1);
        assert_int_equal(recv(fd, got + len, 1, 0), 1);
    }
}

static const struct {
    const char *why, *request, *head, *body;
} cases[] = {
    {"events, one a chunk", "GET /stream?events=2&interval=1" LAST "\r\n", "text/event-stream",
     "9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n"},
    {"events without chunks", "GET /stream?events=2&interval=0 HTTP/1.0\r\n\r\n",
     "Connection: close", "data: 1\n\ndata: 2\n\n"},
    {"no events", "GET /stream?events=0" LAST "\r\n", "chunked", "0\r\n\r\n"},
    {"bytes", "GET /bytes?size=20" LAST "\r\n", "Content-Length: 20\r\n", "0123456789abcdef0123"},
    {"bytes in chunks", "GET /bytes?size=3&chunked=1" LAST "\r\n", "chunked",
     "3\r\n012\r\n0\r\n\r\n"},
    {"only their number", "HEAD /bytes?size=20" LAST "\r\n", "Content-Length: 20\r\n", ""},
    {"half of the bytes", "GET /bytes?size=20" LAST "X-Mock: orders truncate\r\n\r\n",
     "Content-Length: 20\r\n", "0123456789"},
    {"half of the chunks", "GET /bytes?size=6&chunked=1" LAST "X-Mock: orders truncate\r\n\r\n",
     "chunked", "3\r\n012\r\n1\r\n"},
    {"an error in place of bytes", "GET /bytes?size=20" LAST "X-Mock: orders status=500\r\n\r\n",
     "500 Internal", "{\"error\":\"Internal Server Error\",\"status\":500}"},
    {"bytes after a while", "GET /bytes?size=3" LAST "X-Mock: orders delay=1ms\r\n\r\n", "200 OK",
     "012"},
    {"nothing, of a change", "DELETE /orders/o1" LAST "\r\n", "204 No Content", ""},
    {"where a new one is", "POST /orders" LAST "Content-Length: 2\r\n\r\n{}",
     "location: /orders/o19\r\n", "{\"id\":\"o19\"}"},
    {"no socket without a handshake", "GET /ws" LAST "\r\n", "426 Upgrade Required",
     "{\"error\":\"This is a WebSocket\"}"},
};

static void bodies_are_sent(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *answer = answer_to(cases[i].request);
        const char *body = strstr(answer, "\r\n\r\n");
        if (body == NULL || strcmp(body + 4, cases[i].body) != 0 ||
            strstr(answer, cases[i].head) == NULL)
            fail_msg("%s: %s", cases[i].why, answer);
    }
}

static void an_echo_sees_what_h2o_takes_away(void **state)
{
    const char *answer = answer_to("POST /echo HTTP/1.1\r\nHost: mock\r\nTransfer-Encoding: "
                                   "chunked\r\nConnection: close, X\r\n\r\n2\r\nhi\r\n0\r\n\r\n");

    assert_non_null(strstr(answer, "[[\"host\",\"mock\"],[\"transfer-encoding\",\"chunked\"],"
                                   "[\"connection\",\"close, X\"]],\"bodyLength\":2,"));
    assert_non_null(strstr(answer, "\"body\":\"hi\"}"));
}

static void many_bytes_follow_one_another(void **state)
{
    static char got[16 * 4096];
    size_t size = (size_t)40 << 20, have = 0;
    int fd = ask("GET /bytes?size=41943040" LAST "\r\n");

    read_until(fd, "\r\n\r\n");
    for (ssize_t len; (len = recv(fd, got, sizeof(got), 0)) > 0; have += (size_t)len)
        for (size_t i = 0; i < (size_t)len; i++)
            if (got[i] != "0123456789abcdef"[(have + i) % 16])
                fail_msg("byte %zu", have + i);
    assert_int_equal(have, size);
    close(fd);
}

/* The next event would come in ten minutes. */
static void an_event_does_not_wait_for_the_next(void **state)
{
    int fd = ask("GET /stream?events=2&interval=600000" LAST "\r\n");

    read_until(fd, "data: 1\n\n");
    close(fd);
}

static int open_websocket(void)
{
    int fd = ask("GET /ws HTTP/1.1\r\nHost: mock\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                 "Sec-WebSocket-Protocol: chat, other\r\n\r\n");

    read_until(fd, "101 Switching Protocols\r\n");
    read_until(fd, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nsec-websocket-protocol: chat\r\n\r\n");
    return fd;
}

static void expect(int fd, const char *want, size_t len)
{
    char *got = memory_new(len);

    assert_int_equal(recv(fd, got, len, MSG_WAITALL), len);
    assert_memory_equal(got, want, len);
    memory_free(got);
}

static void a_websocket_says_everything_back(void **state)
{
    int fd = open_websocket();
    char end;

    send_all(fd, "\x81\x82\1\2\3\4ik", 8);
    expect(fd, "\x81\x02hi", 4);
    send_all(fd, "\x8a\x80\1\2\3\4\x89\x81\1\2\3\4q", 13);
    expect(fd, "\x8a\x01p", 3);
    send_all(fd, "\x88\x82\0\0\0\0\x03\xe8", 8);
    expect(fd, "\x88\x02\x03\xe8", 4);
    assert_int_equal(recv(fd, &end, 1, 0), 0);
    close(fd);
}

static void a_long_message_comes_back_whole(void **state)
{
    size_t size = (size_t)1 << 20;
    char *message = memory_new(size);
    int fd = open_websocket();

    for (size_t i = 0; i < size; i++)
        message[i] = (char)(i % 251);
    send_all(fd, "\x82\xff\0\0\0\0\0\x10\0\0\0\0\0\0", 14);
    send_all(fd, message, size);
    expect(fd, "\x82\x7f\0\0\0\0\0\x10\0\0", 10);
    expect(fd, message, size);
    memory_free(message);
    close(fd);
}

static void a_wrong_frame_ends_a_websocket(void **state)
{
    int fd = open_websocket();
    char end;

    send_all(fd, "\x81\1a", 3);
    expect(fd, "\x88\x02\x03\xea", 4);
    assert_true(recv(fd, &end, 1, 0) <= 0);
    close(fd);
}

/* Whatever they wait for. */
static void a_stop_ends_what_is_open(void **state)
{
    int fds[] = {
        ask("GET /stream?interval=600000" LAST "\r\n"),
        ask("GET /stream?interval=600000 HTTP/1.0\r\n\r\n"),
        ask("GET /bytes?size=1099511627776" LAST "\r\n"),
    };
    int websocket = open_websocket();

    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        read_until(fds[i], "\r\n\r\n");
    mock_stop(mock);
    mock = NULL;
    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        close(fds[i]);
    close(websocket);
}

static int start(void **state)
{
    struct mock_options options = {.fixtures_dir = SOURCE_DIR "/fixtures", .secret = TEXT("hush")};
    char error[MOCK_ERROR_SIZE];

    mock = mock_start_with(&options, error, sizeof(error));
    return mock == NULL;
}

static int stop(void **state)
{
    mock_stop(mock);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_are_sent),
        cmocka_unit_test(an_echo_sees_what_h2o_takes_away),
        cmocka_unit_test(many_bytes_follow_one_another),
        cmocka_unit_test(an_event_does_not_wait_for_the_next),
        cmocka_unit_test(a_websocket_says_everything_back),
        cmocka_unit_test(a_long_message_comes_back_whole),
        cmocka_unit_test(a_wrong_frame_ends_a_websocket),
        cmocka_unit_test(a_stop_ends_what_is_open),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
