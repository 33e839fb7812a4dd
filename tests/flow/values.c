/* Tests that a value may outlive the page that received it, while another user has a reference to
 * it. */
#include "tests/flow/flow.h"

static const struct bff_service users = {.name = "users"};

static void ask_user(struct bff_ask *ask)
{
    ask_get(ask, &users, "/users");
    ask_segment(ask, ask_param(ask, "id"));
}

static const struct bff_part parts[] = {{.name = "user", .ask = ask_user}};

static const struct bff_composite page = {
    .route = "GET /api/page/:id",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(parts),
};

static void test_a_value_outlives_its_request(void **state)
{
    flow_run(&page, "1", "/users/1 10 {\"id\":1,\"name\":\"Ada\"}");
    struct run_item *item = &flow.run->parts[0].items[0];
    struct value *value = value_hold(item->held);
    flow_end_all();

    assert_true(text_is(value->text, "{\"id\":1,\"name\":\"Ada\"}"));
    struct pool *pool = pool_new();
    assert_true(text_is(json_text(json_get(value_json(value), "name"), pool), "Ada"));
    pool_free(pool);
    value_release(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_value_outlives_its_request)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
