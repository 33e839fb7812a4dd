/* Tests of two configurations in one serving process. Requests keep the configuration with which
 * they began, the state of the process survives, and everything that no configuration needs any
 * more is freed. The test itself is the service, so it decides when to answer. */
#include <signal.h>
#include <stdatomic.h>

#include "bff/base/clock.h"
#include "bff/base/registry.h"
#include "bff/upstream/endpoint_state.h"
#include "tests/unit/serving.h"

static struct service users_at, old_orders, new_orders;

/* ${more}: settings of the file. */
static struct generation *make(const char *to, const struct service *orders_at, const char *more)
{
    char yaml[2048];

    snprintf(yaml, sizeof(yaml),
             "listen: http://127.0.0.1:0\n"
             "workers: 2\n"
             "login: off\n"
             "access_log: false\n"
             "services:\n"
             "  users: { endpoints: http://127.0.0.1:%u, health: off }\n"
             "  orders:\n"
             "    endpoints: http://127.0.0.1:%u\n"
             "    health: { interval: 60s, timeout: 30s }\n"
             "routes:\n"
             "  - { path: /r, service: users, to: %s, access: public }\n"
             "  - { path: /ws, service: users, to: /ws, access: public }\n"
             "%s",
             users_at.port, orders_at->port, to, more);
    return generation_of(yaml);
}

/* A client's connection, with its request sent. */
static int ask(const struct process *process, const char *target, const char *fields)
{
    const struct listen *at = &process->current->http.listens[0];
    char head[2048];
    int fd = new_socket();

    assert_int_equal(connect(fd, (const struct sockaddr *)&at->address, at->address_len), 0);
    snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n", target, fields);
    send_text(fd, head);
    return fd;
}

static void expect(int fd, const char *status, const char *part, const char *not_part)
{
    char message[BYTES];

    read_message(fd, 2, message);
    if (strncmp(message, status, strlen(status)) != 0 || strstr(message, part) == NULL)
        fail_msg("wanted %s ... %s, got %s", status, part, message);
    if (not_part != NULL && strstr(message, not_part) != NULL)
        fail_msg("wanted no %s, got %s", not_part, message);
    close(fd);
}

#define CLOSE "Connection: close\r\n"
#define LARGE "Content-Length: 500000\r\n" CLOSE
#define ORIGIN "Origin: https://shop.example\r\n" CLOSE

/* State of the process. */

static atomic_int ended_counters;

static void on_counter_end(void *object) { atomic_fetch_add(&ended_counters, 1); }

static const struct registry_kind counters = {.bytes = sizeof(atomic_int),
                                              .dispose = on_counter_end};

static atomic_int *keep_counter(struct generation *generation, const char *name)
{
    atomic_int *counter = registry_hold(registry_of_process(), &counters, text_of(name));

    generation_keep(generation, counter);
    return counter;
}

static void wait_for_ended_counters(int count)
{
    for (int i = 0; i < LOOKS && atomic_load(&ended_counters) < count; i++)
        poll(NULL, 0, LOOK_MS);
    assert_int_equal(atomic_load(&ended_counters), count);
}

static struct endpoint_state *state_of(const char *service, unsigned port)
{
    char authority[32];
    struct service_endpoint at = {
        .host = "127.0.0.1", .authority = authority, .port = (uint16_t)port};

    snprintf(authority, sizeof(authority), "127.0.0.1:%u", port);
    return endpoint_state_hold(registry_of_process(), service, &at);
}

static void eject(const char *service, unsigned port)
{
    struct endpoint_state *state = state_of(service, port);

    atomic_store(&state->ejected_until_ns, INT64_MAX);
    registry_release(state);
}

static bool is_ejected(const char *service, unsigned port)
{
    struct endpoint_state *state = state_of(service, port);
    bool is = endpoint_state_is_ejected(state, clock_now_ns());

    registry_release(state);
    return is;
}

/* Tests. */

#define OLD "composites: { body_limit: 64KiB }\n"
#define NEW "composites: { body_limit: 1KiB }\ncors: { origins: https://shop.example }\n"

static int begin(void **state)
{
    atomic_store(&ended_counters, 0);
    users_at = service_new();
    old_orders = service_new();
    new_orders = service_new();
    return 0;
}

static int finish(void **state)
{
    close(users_at.fd);
    close(old_orders.fd);
    close(new_orders.fd);
    return 0;
}

/* A body of 2 KiB: the old configuration takes it for a part, the new one does not. */
static const char *large_body(void)
{
    static char body[2048 + 32];

    snprintf(body, sizeof(body), "{\"filler\":\"%02048d\"}", 0);
    return body;
}

static void test_a_request_ends_by_the_settings_it_began_with(void **state)
{
    struct generation *old = make("/old", &old_orders, OLD), *new = make("/new", &old_orders, NEW);
    keep_counter(old, "old");
    struct process *process = start(old);
    generation_release(old);
    int old_page = ask(process, "/page", ORIGIN), old_page_call = take_call(&users_at, "GET /user");
    int old_route = ask(process, "/r", ORIGIN), old_route_call = take_call(&users_at, "GET /old");

    swap(process, new);
    int new_page = ask(process, "/page", ORIGIN), new_page_call = take_call(&users_at, "GET /user");
    int new_route = ask(process, "/r", ORIGIN), new_route_call = take_call(&users_at, "GET /new");
    answer_call(new_page_call, 200, large_body());
    expect(new_page, "HTTP/1.1 502", "\"reason\":\"too_large\"", NULL);
    answer_call(new_route_call, 200, "{}");
    expect(new_route, "HTTP/1.1 200", "access-control-allow-origin: https://shop.example", NULL);
    assert_int_equal(atomic_load(&ended_counters), 0); /* the old ones are still in use */
    answer_call(old_page_call, 200, large_body());
    expect(old_page, "HTTP/1.1 200", "0000", "access-control-allow-origin");
    answer_call(old_route_call, 200, "{}");
    expect(old_route, "HTTP/1.1 200", "{}", "access-control-allow-origin");
    wait_for_ended_counters(1);
    end(process, new);
}

static void test_limits_of_requests_and_of_libh2o_follow(void **state)
{
    struct generation *old = make("/old", &old_orders, "limits: { body: 1KiB }\n"),
                      *new = make("/new", &old_orders, "limits: { target_bytes: 1KiB }\n");
    struct process *process = start(old);
    char target[1600];
    generation_release(old);

    /* libh2o refuses the body before it has come; the new limit is above it, so libh2o waits */
    snprintf(target, sizeof(target), "/nothing?%01500d", 0);
    expect(ask(process, target, CLOSE), "HTTP/1.1 404", "Not found", NULL);
    expect(ask(process, "/r", LARGE), "HTTP/1.1 413", "Payload too large", NULL);
    swap(process, new);
    expect(ask(process, target, CLOSE), "HTTP/1.1 414", "URI too long", NULL);
    int waiting = ask(process, "/r", LARGE);
    assert_int_equal(poll(&(struct pollfd){.fd = waiting, .events = POLLIN}, 1, 100), 0);
    close(waiting);
    end(process, new);
}

static void test_state_of_the_process_survives(void **state)
{
    struct generation *old = make("/old", &old_orders, ""), *new = make("/new", &new_orders, "");
    atomic_int *counter = keep_counter(old, "both");
    struct process *process = start(old);
    keep_counter(old, "old");
    assert_ptr_equal(keep_counter(new, "both"), counter);
    generation_release(old);
    atomic_fetch_add(counter, 3);
    close(take_call(&old_orders, "GET /health")); /* the workers have their endpoints now */
    eject("users", users_at.port);
    eject("orders", old_orders.port);

    swap(process, new);
    wait_for_ended_counters(1);
    assert_int_equal(atomic_load(counter), 3);
    assert_true(is_ejected("users", users_at.port));
    assert_false(is_ejected("orders", old_orders.port)); /* no configuration names it */
    end(process, new);
    assert_int_equal(atomic_load(&ended_counters), 2);
    assert_false(is_ejected("users", users_at.port));
    assert_int_equal(registry_count(registry_of_process(), &counters), 0);
}

static void wait_for_health(const struct process *process, const char *state)
{
    char message[BYTES] = "";

    for (int i = 0; i < LOOKS && strstr(message, state) == NULL; i++) {
        int fd = ask(process, "/health/orders", CLOSE);
        read_message(fd, 2, message);
        close(fd);
        poll(NULL, 0, LOOK_MS);
    }
    if (strstr(message, state) == NULL)
        fail_msg("wanted %s, got %s", state, message);
}

static void test_health_goes_on(void **state)
{
    struct generation *old = make("/old", &old_orders, ""), *new = make("/new", &new_orders, "");
    struct process *process = start(old);
    generation_release(old);

    expect(ask(process, "/health/orders", CLOSE), "HTTP/1.1 200", "\"unknown\"", NULL);
    answer_call(take_call(&old_orders, "GET /health"), 500, "");
    wait_for_health(process, "\"down\"");
    swap(process, new);
    int question = take_call(&new_orders, "GET /health");
    expect(ask(process, "/health/orders", CLOSE), "HTTP/1.1 503", "\"httpStatus\":500", NULL);
    answer_call(question, 200, "");
    wait_for_health(process, "\"up\"");
    end(process, new);
}

static void test_a_tunnel_keeps_its_settings(void **state)
{
    struct generation *old = make("/old", &old_orders, ""), *new = make("/new", &old_orders, "");
    keep_counter(old, "old");
    struct process *process = start(old);
    char bytes[BYTES];
    generation_release(old);
    int client = ask(process, "/ws",
                     "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
    int service = take_call(&users_at, "GET /ws");

    send_text(service, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n"
                       "Upgrade: websocket\r\n\r\n");
    read_message(client, 0, bytes);
    assert_int_equal(strncmp(bytes, "HTTP/1.1 101", 12), 0);
    swap(process, new);
    send_text(client, "ping");
    assert_int_equal(recv(service, bytes, 4, MSG_WAITALL), 4);
    send_text(service, "pong");
    assert_int_equal(recv(client, bytes, 4, MSG_WAITALL), 4);
    assert_int_equal(atomic_load(&ended_counters), 0);
    close(client);
    wait_for_ended_counters(1);
    close(service);
    end(process, new);
}

/* The last one wins, however many there were, and all others end. */
static void test_many_swaps(void **state)
{
    struct generation *last = make("/old", &old_orders, "");
    struct process *process = start(last);

    for (int i = 0; i < 20; i++) {
        struct generation *next = make(i % 2 == 0 ? "/new" : "/old", &old_orders, "");
        keep_counter(last, "of one");
        begin_swap(process, next);
        generation_release(last);
        last = next;
    }
    for (int i = 0; i < LOOKS && !process_has_swapped(process); i++)
        poll(NULL, 0, LOOK_MS);
    assert_true(process_has_swapped(process));
    int client = ask(process, "/r", CLOSE);
    answer_call(take_call(&users_at, "GET /old"), 200, "{}");
    expect(client, "HTTP/1.1 200", "{}", NULL);
    end(process, last);
    assert_int_equal(registry_count(registry_of_process(), &counters), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_request_ends_by_the_settings_it_began_with, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(test_limits_of_requests_and_of_libh2o_follow, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(test_state_of_the_process_survives, begin, finish),
        cmocka_unit_test_setup_teardown(test_health_goes_on, begin, finish),
        cmocka_unit_test_setup_teardown(test_a_tunnel_keeps_its_settings, begin, finish),
        cmocka_unit_test_setup_teardown(test_many_swaps, begin, finish),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
