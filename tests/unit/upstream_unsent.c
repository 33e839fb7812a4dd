/*
 * An attempt that ends before anything of its request was sent is safe to repeat, whatever the
 * method: another endpoint is asked, each one once. After the first byte the rules of the method
 * hold.
 */
#include "tests/unit/upstream_stage.h"

#define FILLERS 4

/* What the user of a POST saw, when it was not answered at once. */
static const char *post(struct upstream *upstream, struct text body)
{
    static struct stage_call call;

    call = (struct stage_call){.ask = {
                                   .service = &stage_users,
                                   .method = TEXT("POST"),
                                   .target = TEXT("/"),
                                   .headers = TEXT("content-length: 2\r\n"),
                                   .body = body,
                               }};
    call_start(&call.call, upstream, &call.ask, &stage_sink, &call);
    stage_play(&call);
    return call.seen;
}

/* A reset, which the other side sees at its next write. */
static void reset_all(struct stage_service *service)
{
    struct linger none = {.l_onoff = 1};

    for (unsigned i = 0; i < service->accepted; i++)
        must(setsockopt(service->connections[i], SOL_SOCKET, SO_LINGER, &none, sizeof(none)) == 0);
    stage_hang_up(service);
}

/* Nobody accepts, and the kernel's queue is full: no connection is ever made. */
static void make_deaf(struct stage_service *service, int fillers[FILLERS])
{
    struct sockaddr_in at;
    socklen_t len = sizeof(at);

    must(getsockname(service->listen, (struct sockaddr *)&at, &len) == 0);
    must(listen(service->listen, 0) == 0);
    for (size_t i = 0; i < FILLERS; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        connect(fillers[i], (struct sockaddr *)&at, len);
    }
    service->is_deaf = true;
}

static void test_a_refused_connection_goes_to_another_endpoint(void **state)
{
    stage_close_listener(&stage.services[0]);
    assert_string_equal(post(*state, TEXT("hi")), "200 hi, none");
    assert_int_equal(stage.report_count, 2);
    assert_int_equal(stage.reports[0].reason, REASON_CONNECT);
    assert_true(stage.reports[0].is_unsent);
    assert_int_equal(stage.reports[1].number, 1);
    assert_false(stage.reports[1].is_unsent);
    assert_int_equal(stage_state(*state, 0)->failures, 1);
    assert_int_equal(stage_state(*state, 0)->in_flight, 0);
    assert_int_equal(stage_state(*state, 1)->failures, 0);
}

static void test_each_endpoint_is_asked_once(void **state)
{
    for (size_t i = 0; i < STAGE_SERVICES; i++)
        stage_close_listener(&stage.services[i]);
    assert_string_equal(post(*state, TEXT("hi")), ", connect");
    assert_int_equal(stage.report_count, STAGE_SERVICES);
    for (size_t i = 0; i < STAGE_SERVICES; i++)
        assert_int_equal(stage_state(*state, i)->failures, 1);
}

static void test_an_endpoint_that_is_listed_twice_is_asked_once(void **state)
{
    struct service_settings settings;
    struct service_endpoint twice[] = {stage.addresses[0], stage.addresses[0]};
    struct upstream *upstream = stage_upstream(&settings, 1);

    upstream_free(upstream);
    settings.endpoints = twice;
    settings.endpoint_count = 2;
    upstream = upstream_new(stage.endpoints, &settings, 1);
    upstream->observe = stage_observe;
    stage_close_listener(&stage.services[0]);
    assert_string_equal(post(upstream, TEXT("hi")), ", connect");
    assert_int_equal(stage.report_count, 1);
    upstream_free(upstream);
}

static void test_an_endpoint_that_never_connects_costs_the_time_to_connect(void **state)
{
    int fillers[FILLERS];

    make_deaf(&stage.services[0], fillers);
    stage.settings.connect_ms = 50;
    assert_string_equal(post(*state, TEXT("hi")), "200 hi, none");
    assert_int_equal(stage.report_count, 2);
    assert_int_equal(stage.reports[0].reason, REASON_TIMEOUT);
    assert_true(stage.reports[0].is_unsent);
    for (size_t i = 0; i < FILLERS; i++)
        close(fillers[i]);
}

static void test_no_other_endpoint_is_asked_when_the_time_is_over(void **state)
{
    int fillers[FILLERS];

    make_deaf(&stage.services[0], fillers);
    stage.settings.total_ms = 50;
    assert_string_equal(post(*state, TEXT("hi")), ", timeout");
    assert_int_equal(stage.report_count, 1);
    for (size_t i = 0; i < FILLERS; i++)
        close(fillers[i]);
}

/* The reset has come, but the loop has not seen it when the request is written. */
static void test_a_dead_idle_connection_is_replaced(void **state)
{
    static const size_t lengths[] = {2, 64 * 1024};
    static char body[64 * 1024];
    struct service_settings settings;
    struct upstream *upstream = stage_upstream(&settings, 1);

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        stage.report_count = 0;
        assert_string_equal(stage_ask(upstream), "200 hi, none");
        reset_all(&stage.services[0]);
        stage.services[0].accepted = 0;
        assert_string_equal(post(upstream, (struct text){body, lengths[i]}), "200 hi, none");
        assert_int_equal(stage.report_count, 3);
        assert_int_equal(stage.reports[1].reason, REASON_RESET);
        assert_true(stage.reports[1].is_reused && stage.reports[1].is_unsent);
        assert_false(stage.reports[2].is_reused);
        assert_int_equal(stage_state(upstream, 0)->failures, 0);
        stage_hang_up(&stage.services[0]);
        stage.services[0].accepted = 0;
        stage_steps(5);
    }
    upstream_free(upstream);
}

/* The connection is dead, and so is the whole endpoint. */
static void test_a_dead_idle_connection_of_a_dead_endpoint(void **state)
{
    struct upstream *upstream = *state;

    assert_string_equal(stage_ask(upstream), "200 hi, none");
    assert_string_equal(stage_ask(upstream), "200 hi, none");
    stage_close_listener(&stage.services[0]);
    reset_all(&stage.services[0]);
    assert_string_equal(post(upstream, TEXT("hi")), "200 hi, none");
    assert_int_equal(stage.report_count, 5);
    assert_int_equal(stage.reports[3].reason, REASON_CONNECT);
    assert_ptr_equal(stage.reports[3].endpoint, upstream->services[0].set.rows[0]);
    assert_ptr_equal(stage.reports[4].endpoint, upstream->services[0].set.rows[1]);
}

static const char *ask_and_reset(struct upstream *upstream)
{
    static struct stage_call call;
    struct stage_service *service = &stage.services[0];
    unsigned before = service->requests;

    service->answer = NULL;
    stage_call(&call, upstream);
    call.ask.may_repeat = false;
    while (service->requests == before)
        stage_step();
    reset_all(service);
    service->accepted = 0;
    service->answer = STAGE_OK;
    stage_play(&call);
    return call.seen;
}

/* On a fresh and on a reused connection: the service may have done what it was asked to. */
static void test_what_was_sent_is_not_sent_again(void **state)
{
    struct upstream *upstream = *state;

    assert_string_equal(ask_and_reset(upstream), ", reset");
    assert_int_equal(stage.report_count, 1);
    assert_false(stage.reports[0].is_unsent);
    for (size_t i = 0; i < 3; i++) /* the other one, this one, the other one */
        assert_string_equal(stage_ask(upstream), "200 hi, none");
    assert_string_equal(ask_and_reset(upstream), ", reset");
    assert_int_equal(stage.report_count, 5);
    assert_true(stage.reports[4].is_reused);
    assert_false(stage.reports[4].is_unsent);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, stage_begin, stage_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_refused_connection_goes_to_another_endpoint),
        TEST(test_each_endpoint_is_asked_once),
        TEST(test_an_endpoint_that_is_listed_twice_is_asked_once),
        TEST(test_an_endpoint_that_never_connects_costs_the_time_to_connect),
        TEST(test_no_other_endpoint_is_asked_when_the_time_is_over),
        TEST(test_a_dead_idle_connection_is_replaced),
        TEST(test_a_dead_idle_connection_of_a_dead_endpoint),
        TEST(test_what_was_sent_is_not_sent_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
