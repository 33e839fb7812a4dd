/* Tests of two configurations in one worker: an endpoint that both name exists once, and an
 * endpoint that none names any more is freed. */
#include <stdlib.h>

#include "bff/upstream/trust.h"

#include "tests/unit/upstream_stage.h"

static struct endpoint *endpoint_of(struct upstream *upstream, size_t i)
{
    return upstream->services[0].set.rows[i];
}

static void test_connections_and_state_are_shared(void **state)
{
    struct service_settings settings;
    struct upstream *old = *state, *new = stage_upstream(&settings, 1);

    assert_ptr_equal(endpoint_of(old, 0), endpoint_of(new, 0));
    assert_string_equal(stage_ask(old), "200 hi, none");
    assert_string_equal(stage_ask(new), "200 hi, none");
    assert_int_equal(stage.services[0].accepted, 1);
    assert_int_equal(stage.services[0].requests, 2);

    /* The old one ends; the new one goes on with the same connection and the same state. */
    stage_state(old, 0)->ejected_until_ns = 42;
    upstream_free(old);
    stage_steps(5);
    assert_int_equal(stage.services[0].closed, 0);
    assert_int_equal(stage_state(new, 0)->ejected_until_ns, 42);
    assert_string_equal(stage_ask(new), "200 hi, none");
    assert_int_equal(stage.services[0].accepted, 1);
    upstream_free(new);
    stage_end_all();
}

static void test_what_is_not_named_any_more_ends(void **state)
{
    struct service_settings settings;
    struct upstream *old = *state, *new = stage_upstream(&settings, 1);

    stage_ask(old);
    stage_ask(old); /* both have an idle connection now */
    upstream_free(old);
    stage_steps(5);
    assert_int_equal(stage.services[0].closed, 0);
    assert_int_equal(stage.services[1].closed, 1);

    /* Named again: it begins anew. */
    struct service_settings again;
    struct upstream *third = stage_upstream(&again, 2);
    assert_int_equal(stage_state(third, 1)->failures, 0);
    assert_string_equal(stage_ask(third), "200 hi, none");
    assert_string_equal(stage_ask(third), "200 hi, none");
    assert_int_equal(stage.services[1].accepted, 2);
    upstream_free(third);
    upstream_free(new);
    stage_end_all();
}

/* A call that is under way ends as it would have, also at an endpoint that nobody else names. */
static void test_calls_of_the_old_configuration_end_in_it(void **state)
{
    struct service_settings settings;
    struct upstream *old = *state, *new = stage_upstream(&settings, 1);
    struct stage_call calls[2];

    for (size_t i = 0; i < 2; i++) {
        stage.services[i].answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nh";
        stage_call(&calls[i], old);
    }
    while (strcmp(calls[0].seen, "200 h") != 0 || strcmp(calls[1].seen, "200 h") != 0)
        stage_step();
    upstream_free(old);
    stage_steps(5);
    assert_int_equal(stage.services[0].closed + stage.services[1].closed, 0);
    for (size_t i = 0; i < 2; i++) {
        must(send(stage.services[i].connections[0], "i", 1, 0) == 1);
        stage_play(&calls[i]);
        assert_string_equal(calls[i].seen, "200 hi, none");
    }
    stage_steps(5);
    assert_int_equal(stage.services[0].closed, 0); /* the new one's now */
    assert_int_equal(stage.services[1].closed, 1);
    stage.services[0].answer = STAGE_OK;
    assert_string_equal(stage_ask(new), "200 hi, none");
    assert_int_equal(stage.services[0].accepted, 1);
    upstream_free(new);
    stage_end_all();
}

static void test_the_last_call_is_cancelled(void **state)
{
    struct upstream *old = *state;
    struct stage_call call;

    stage.services[0].answer = NULL;
    stage_call(&call, old);
    stage_steps(5);
    upstream_free(old);
    call_cancel(&call.call, CALL_NOT_NEEDED); /* which frees all */
    assert_string_equal(call.seen, "");
    stage_end_all();
}

static void on_resolved(void *cookie) { ++*(unsigned *)cookie; }

static void test_each_is_told_once_that_names_are_resolved(void **state)
{
    struct service_settings settings;
    struct upstream *old = *state, *new = stage_upstream(&settings, 1);
    unsigned told_old = 0, told_new = 0;

    upstream_start(old, 1000, on_resolved, &told_old);
    assert_int_equal(told_old, 1); /* addresses need no look-up */
    upstream_start(new, 500, on_resolved, &told_new);
    assert_int_equal(told_new, 1);
    assert_int_equal(stage.endpoints->resolve_ms, 500);
    upstream_free(old);
    stage_steps(5);
    assert_int_equal(told_old + told_new, 2);
    upstream_free(new);
    stage_end_all();
}

/* Files with the same authorities are one trust; a service has endpoints of its own. */
static void test_equal_authorities_are_one_endpoint(void **state)
{
    struct service_endpoint at;
    const char *wrong = NULL;
    char ca_file[] = "/tmp/bff-authorities-XXXXXX";

    assert_null(service_endpoint_read("https://127.0.0.1:1", &at));
    close(mkstemp(ca_file));
    struct trust *a = trust_new(NULL, &wrong), *same = trust_new(NULL, &wrong);
    assert_non_null(a);
    assert_null(trust_new(ca_file, &wrong));
    assert_non_null(wrong);
    unlink(ca_file);

    const struct endpoint_identity of_users = {"users", &at, a, NULL},
                                   again = {"users", &at, same, NULL},
                                   of_orders = {"orders", &at, a, NULL};
    struct endpoint *first = endpoints_hold(stage.endpoints, &of_users);
    struct endpoint *second = endpoints_hold(stage.endpoints, &again);
    struct endpoint *other = endpoints_hold(stage.endpoints, &of_orders);
    assert_ptr_equal(first, second);
    assert_ptr_not_equal(first, other);
    assert_ptr_not_equal(first->state, other->state);
    trust_release(a); /* the endpoints hold it */
    trust_release(same);
    struct endpoint *all[] = {first, second, other};
    for (size_t i = 0; i < 3; i++) {
        endpoints_forget(all[i]);
        endpoints_release(all[i]);
    }
    service_endpoint_free(&at);
    upstream_free(*state);
    stage_end_all();
}

#define TEST(name) cmocka_unit_test_setup(name, stage_begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_connections_and_state_are_shared),
        TEST(test_what_is_not_named_any_more_ends),
        TEST(test_calls_of_the_old_configuration_end_in_it),
        TEST(test_the_last_call_is_cancelled),
        TEST(test_each_is_told_once_that_names_are_resolved),
        TEST(test_equal_authorities_are_one_endpoint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
