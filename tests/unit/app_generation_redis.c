/* Tests of the connections to Redis of two configurations in one serving process. The test itself
 * is the Redis server. */
#include <signal.h>

#include "tests/unit/serving.h"

#define GREETED "*4\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n+PONG\r\n"

static struct service users_at, redis_at;

static struct generation *make(void)
{
    char yaml[512];

    snprintf(yaml, sizeof(yaml),
             "listen: http://127.0.0.1:0\nworkers: 1\nlogin: off\naccess_log: false\n"
             "services:\n"
             "  users: { endpoints: http://127.0.0.1:%u, health: off }\n"
             "  orders: { health: off }\n",
             users_at.port);
    struct generation *generation = generation_of(yaml);
    generation->config.redis = (struct redis_settings){
        .is_on = true,
        .address = {"127.0.0.1", (uint16_t)redis_at.port},
        .connect_ms = 10000,
        .timeout_ms = 10000,
    };
    return generation;
}

/* Accepts a connection and reads the greeting up to its PING, which is not answered yet. */
static int take_connection(void)
{
    char bytes[BYTES] = "";
    int fd = accept(redis_at.fd, NULL, NULL);
    struct timeval patience = {.tv_sec = 20};

    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    for (size_t len = 0; strstr(bytes, "PING\r\n") == NULL;) {
        ssize_t got = recv(fd, bytes + len, sizeof(bytes) - 1 - len, 0);
        assert_true(got > 0);
        len += (size_t)got;
    }
    return fd;
}

static int ask(const struct process *process, const char *target)
{
    const struct listen *at = &process->current->http.listens[0];
    char head[256];
    int fd = new_socket();

    assert_int_equal(connect(fd, (const struct sockaddr *)&at->address, at->address_len), 0);
    snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", target);
    send_text(fd, head);
    return fd;
}

static void expect_ok(int client)
{
    char message[BYTES];

    read_message(client, 2, message);
    assert_int_equal(strncmp(message, "HTTP/1.1 200", 12), 0);
    close(client);
}

static void expect_silence(int fd)
{
    assert_int_equal(poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 100), 0);
}

static void expect_closed(int fd)
{
    char byte;

    assert_int_equal(recv(fd, &byte, 1, 0), 0);
    close(fd);
}

static void test_no_request_before_the_first_greeting(void **state)
{
    struct generation *generation = make();
    struct process *process = start(generation);
    int redis = take_connection();
    int client = ask(process, "/page");

    expect_silence(users_at.fd);
    send_text(redis, GREETED);
    answer_call(take_call(&users_at, "GET /user"), 200, "{}");
    expect_ok(client);
    end(process, generation);
    close(redis);
}

static void test_a_connection_lives_as_long_as_its_configuration(void **state)
{
    struct generation *old = make(), *new = make();
    struct process *process = start(old);
    int old_redis = take_connection();

    generation_release(old);
    send_text(old_redis, GREETED);
    int client = ask(process, "/page"), call = take_call(&users_at, "GET /user");
    begin_swap(process, new);
    int new_redis = take_connection();
    send_text(new_redis, GREETED);
    for (int i = 0; i < LOOKS && !process_has_swapped(process); i++)
        poll(NULL, 0, LOOK_MS);
    expect_silence(old_redis); /* a request still has the old configuration */
    answer_call(call, 200, "{}");
    expect_ok(client);
    expect_closed(old_redis);
    expect_silence(new_redis);
    end(process, new);
    close(new_redis);
}

static int begin(void **state)
{
    users_at = service_new();
    redis_at = service_new();
    return 0;
}

static int finish(void **state)
{
    close(users_at.fd);
    close(redis_at.fd);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_request_before_the_first_greeting, begin, finish),
        cmocka_unit_test_setup_teardown(test_a_connection_lives_as_long_as_its_configuration, begin,
                                        finish),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
