/* Tests of health checks while the addresses of a name change (resolves_each). */
#include "tests/unit/health_stage.h"
#include "tests/unit/resolve_answer.h"

/* Answers a look-up of the second endpoint's name with one address. */
static void look_up(struct upstream *upstream, const char *address)
{
    resolve_answer(&upstream->services[0].set.rows[1]->addresses, address);
    upstream->listener.looked_up(&upstream->listener);
}

/* Notes the endpoints and their states, as the pages read them: "one 1, 10.0.0.7:2 2, ". */
static void note_endpoints(struct health *health)
{
    struct health_endpoint endpoint;

    for (size_t i = 0; (endpoint = health_read_endpoint(health, 0, i)).at != NULL; i++)
        note("%s %d, ", endpoint.address[0] == '\0' ? endpoint.at->authority : endpoint.address,
             (int)endpoint.state);
    note("of %zu; ", health_read(health, 0).endpoints);
}

static bool is_down(const struct stage *stage)
{
    return stage->upstream->services[0].set.members[1].endpoint->state->is_down;
}

static void test_addresses_come_and_go(void **state)
{
    struct service_settings settings = settings_of(2);
    settings.resolves_each = true;
    addresses[1].host = (char[]){"users.internal"};
    struct stage stage = start(&settings, NULL);

    /* The name has no address yet. */
    note_endpoints(stage.health);
    play(TEXT("a=200"));
    struct call *of_name = calls[1];
    assert_non_null(of_name);

    /* The check of what has left is cancelled, and the new address is asked at once. */
    look_up(stage.upstream, "10.0.0.7");
    assert_false(calls[1] == of_name);
    play(TEXT("b=500"));
    note_endpoints(stage.health);
    assert_true(is_down(&stage));
    play(TEXT("next"));
    play(TEXT("a=200"));
    assert_non_null(calls[1]);
    look_up(stage.upstream, "10.0.0.8");
    assert_null(calls[0]); /* what stays is not asked again */
    assert_false(is_down(&stage));
    play(TEXT("b=200"));
    note_endpoints(stage.health);

    /* The first one has a new report, and stays down until its first check. */
    look_up(stage.upstream, "10.0.0.7");
    assert_true(is_down(&stage));
    play(TEXT("b=200"));
    assert_false(is_down(&stage));
    note_endpoints(stage.health);
    assert_string_equal(trace, "one 0, two 0, of 2; one 1, 10.0.0.7:2 2, of 2; "
                               "one 1, 10.0.0.8:2 1, of 2; one 1, 10.0.0.7:2 1, of 2; ");
    stop(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_addresses_come_and_go, begin, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
