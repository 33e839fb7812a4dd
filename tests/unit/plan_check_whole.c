/* Tests of the properties of a plan that was made from a composite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/compose/plan.h"
#include "bff/compose/plan_make.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct bff_service users = {.name = "users"};

static void get(struct bff_ask *ask) { ask_get(ask, &users, "/users"); }
static void print(struct json_print *out, struct json part) { json_print_null(out); }

static const struct bff_part parts[] = {
    {.name = "order", .ask = get, .need = BFF_REQUIRED, .pick = "id"},
    {.name = "user", .ask = get, .after = "order", .timeout_ms = 300},
    {.name = "products", .ask = get, .after = "order", .many = 50, .at_once = 4},
    {.name = "stock", .ask = get, .place = BFF_HIDDEN, .kind = BFF_LIST},
};

static const struct bff_field fields[] = {{.name = "inStock", .of = "stock", .print = print}, {0}};

static const struct bff_composite page = {
    .route = "GET /api/:shop/orders/:orderId",
    .failure = "Failed to \"load\"",
    .access = BFF_OWNER,
    .owner = "order.userId",
    .budget_ms = 700,
    .parts = BFF_TABLE(parts),
    .fields = BFF_TABLE(fields),
};

static struct pool *pool;

static int make_pool(void **state)
{
    pool = pool_new();
    return 0;
}

static int free_pool(void **state)
{
    pool_free(pool);
    return 0;
}

static const struct plan *plan_of(const struct bff_composite *composite)
{
    char error[256] = "";
    const struct plan *plan = plan_make(pool, composite, error, sizeof(error));

    assert_string_equal(error, "");
    return plan;
}

static void assert_text(struct text got, const char *want)
{
    if (!text_is(got, want))
        fail_msg("%.*s is not %s", TEXT_ARGS(got), want);
}

static void a_route_is_segments_and_parameters(void **state)
{
    static const char *const segments[] = {"api", ":shop", "orders", ":orderId"};
    const struct plan *plan = plan_of(&page);

    assert_text(plan->method, "GET");
    assert_text(plan->path, "/api/:shop/orders/:orderId");
    assert_int_equal(plan->segment_count, COUNT(segments));
    for (size_t i = 0; i < COUNT(segments); i++)
        assert_text(plan->segments[i], segments[i]);
    assert_int_equal(plan->param_count, 2);
    assert_int_equal(plan_param(plan, TEXT("shop")), 0);
    assert_int_equal(plan_param(plan, TEXT("orderId")), 1);
    assert_int_equal(plan_param(plan, TEXT("order")), -1);
}

static void names_become_places(void **state)
{
    const struct plan *plan = plan_of(&page);

    assert_int_equal(plan->part_count, 4);
    assert_int_equal(plan_part(plan, TEXT("stock")), 3);
    assert_int_equal(plan_part(plan, TEXT("shop")), PLAN_NO_PART);
    assert_int_equal(plan->parts[0].after, PLAN_NO_PART);
    assert_int_equal(plan->parts[2].after, 0);
    assert_int_equal(plan->field_count, 1);
    assert_int_equal(plan->fields[0].of[0], 3);
}

static void what_a_row_leaves_out_has_a_default(void **state)
{
    const struct plan *plan = plan_of(&page);

    assert_int_equal(plan->budget_ms, 700);
    assert_int_equal(plan->parts[0].timeout_ms, 700);
    assert_int_equal(plan->parts[1].timeout_ms, 300);
    assert_int_equal(plan->parts[1].at_once, PLAN_AT_ONCE);
    assert_int_equal(plan->parts[2].at_once, 4);
    assert_text(json_raw(plan->parts[1].fallback), "null");
    assert_text(json_raw(plan->parts[2].fallback), "[]");
    assert_text(json_raw(plan->parts[3].fallback), "[]");
    assert_int_equal(plan->parts[0].kind, BFF_OBJECT); /* it is picked from */
    assert_int_equal(plan->parts[1].kind, BFF_KIND_MISSING);

    struct bff_composite without = page;
    without.budget_ms = 0;
    assert_int_equal(plan_of(&without)->budget_ms, PLAN_BUDGET_MS);
}

static void only_what_is_read_is_kept_an_index_of(void **state)
{
    const struct plan *plan = plan_of(&page);

    assert_true(plan->parts[0].is_read && plan->parts[0].keep_slices);
    assert_false(plan->parts[1].is_read || plan->parts[1].keep_slices);
    assert_false(plan->parts[2].is_read || plan->parts[2].keep_slices);
    assert_true(plan->parts[3].is_read && plan->parts[3].keep_slices);
}

static void constant_text_is_prepared(void **state)
{
    const struct plan *plan = plan_of(&page);

    assert_text(plan->parts[1].key, ",\"user\":");
    assert_text(plan->fields[0].key, ",\"inStock\":");
    assert_text(plan->failure, "{\"error\":\"Failed to \\\"load\\\"\",\"part\":");
}

static void two_that_claim_the_same_requests_collide(void **state)
{
    static const struct {
        const char *a, *b;
        bool want;
    } cases[] = {
        {"GET /api/a", "GET /api/a", true},       {"GET /api/a", "GET /api/b", false},
        {"GET /api/:x", "GET /api/:y", true},     {"GET /api/:x", "GET /api/a", true},
        {"GET /api/a", "GET /api/:x", true},      {"GET /api/:x", "GET /api/:x/b", false},
        {"GET /api/:x/a", "GET /api/b/:y", true}, {"GET /api/:x/a", "GET /api/:x/b", false},
        {"GET /api/a/", "GET /api/a", false},     {"GET /api/a/", "GET /api/a/:x", false},
        {"GET /api/a/:x", "GET /api/a/", false},  {"GET /api/a/", "GET /api/a/", true},
    };
    struct bff_composite a = page, b = page;

    for (size_t i = 0; i < COUNT(cases); i++) {
        a.route = cases[i].a;
        b.route = cases[i].b;
        if (plan_collides(plan_of(&a), plan_of(&b)) != cases[i].want)
            fail_msg("%s and %s", a.route, b.route);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_route_is_segments_and_parameters),
        cmocka_unit_test(names_become_places),
        cmocka_unit_test(what_a_row_leaves_out_has_a_default),
        cmocka_unit_test(only_what_is_read_is_kept_an_index_of),
        cmocka_unit_test(constant_text_is_prepared),
        cmocka_unit_test(two_that_claim_the_same_requests_collide),
    };

    return cmocka_run_group_tests(tests, make_pool, free_pool);
}
