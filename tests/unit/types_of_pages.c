/* Tests of the names of types, and of what can become of a part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/compose/plan_make.h"
#include "bff/compose/types.h"
#include "bff/compose/types_fates.h"
#include "bff/compose/types_name.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define BIT(reason) (1u << (reason))

static const struct bff_service users = {.name = "users"};
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

static void get(struct bff_ask *ask) { ask_get(ask, &users, "/users"); }
static bool never(struct bff_ask *ask) { return false; }

static const struct plan *plan_of(const struct bff_composite *composite)
{
    char error[256] = "";
    const struct plan *plan = plan_make(pool, composite, error, sizeof(error));

    assert_string_equal(error, "");
    return plan;
}

static const struct bff_part one[] = {{.name = "user", .ask = get, .kind = BFF_OBJECT}};

static const struct {
    const char *why;
    const char *routes[3], *names[3];
} named[] = {
    {"without api and parameters", {"GET /api/orders/:id"}, {"Orders"}},
    {"the words of a segment", {"GET /v2/recent-orders"}, {"V2RecentOrders"}},
    {"a digit is no beginning", {"GET /2fa"}, {"T2fa"}},
    {"api itself", {"GET /api"}, {"Page"}},
    {"only parameters", {"GET /:page"}, {"Page"}},
    {"parameters where names are equal",
     {"GET /api/orders", "GET /api/orders/:id", "GET /api/users"},
     {"Orders", "OrdersById", "Users"}},
    {"the method where parameters are equal",
     {"GET /api/orders/:id", "DELETE /api/orders/:id"},
     {"GetOrdersById", "DeleteOrdersById"}},
};

static void name_case(size_t at)
{
    const struct plan *plans[3];
    struct pages pages = {.plans = plans};

    for (size_t i = 0; i < 3 && named[at].routes[i] != NULL; i++) {
        struct bff_composite *page = pool_zero(pool, sizeof(*page));
        *page = (struct bff_composite){
            .route = named[at].routes[i], .access = BFF_PUBLIC, .parts = BFF_TABLE(one)};
        plans[pages.count++] = plan_of(page);
    }
    for (size_t i = 0; i < pages.count; i++) {
        struct text name = types_name_of_page(pool, &pages, plans[i]);
        if (!text_is(name, named[at].names[i]))
            fail_msg("%s: %.*s, not %s", named[at].why, TEXT_ARGS(name), named[at].names[i]);
    }
}

static void names_are_unique(void **state)
{
    for (size_t i = 0; i < COUNT(named); i++)
        name_case(i);
}

static const struct bff_part parts[] = {
    {.name = "order", .ask = get, .need = BFF_REQUIRED, .kind = BFF_OBJECT, .when = never},
    {.name = "user", .ask = get, .kind = BFF_OBJECT, .cache_s = 10},
    {.name = "list", .ask = get, .kind = BFF_LIST},
    {.name = "items", .ask = get, .kind = BFF_OBJECT, .after = "user", .many = 5},
    {.name = "known", .ask = get, .kind = BFF_OBJECT, .fallback = "{}"},
};

static const struct bff_composite page = {
    .route = "GET /api/page/:id",
    .failure = "Failed",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(parts),
};

static const struct {
    const char *why;
    bool has_calls, has_skipped, has_stale, has_nothing;
} fates[COUNT(parts)] = {
    {"required, with a condition", false, false, false, true},
    {"cached", true, false, true, true},
    {"a list is its own fallback", true, false, false, false},
    {"a list part as a whole", false, true, false, false},
    {"an object as the fallback", true, false, false, false},
};

static void parts_have_only_their_states(void **state)
{
    const struct plan *plan = plan_of(&page);
    unsigned calls = types_fates_of_calls();

    for (size_t i = 0; i < COUNT(fates); i++) {
        struct types_fates got = types_fates_part(plan, i);
        if (((got.reasons & calls) == calls) != fates[i].has_calls ||
            ((got.reasons & BIT(REASON_SKIPPED)) != 0) != fates[i].has_skipped ||
            got.has_stale != fates[i].has_stale || got.has_nothing != fates[i].has_nothing)
            fail_msg("%s: reasons %#x, stale %d, nothing %d", fates[i].why, got.reasons,
                     got.has_stale, got.has_nothing);
    }
    assert_int_equal(types_fates_part(plan, 3).reasons,
                     BIT(REASON_TOO_LARGE) | BIT(REASON_TIMEOUT) | BIT(REASON_SKIPPED));
    assert_int_equal(types_fates_item(plan, 3).reasons, calls | BIT(REASON_SKIPPED));
    assert_int_equal(types_fates_failure(plan, 0), calls | BIT(REASON_SKIPPED));
}

static const struct bff_part nested[] = {
    {.name = "tree", .ask = get, .shape = "a.schema.json#/$defs/tree"},
    {.name = "trees", .ask = get, .kind = BFF_LIST, .shape = "a.schema.json#/$defs/tree"},
};

static const struct bff_composite nested_page = {
    .route = "GET /api/trees",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(nested),
};

static void a_list_may_have_itself_as_item(void **state)
{
    static const char text[] = "{\"$defs\": {\"tree\": {\"type\": \"array\", \"items\": "
                               "{\"$ref\": \"#/$defs/tree\"}}}}";
    const struct bff_schema schema = {"a.schema.json", text, sizeof(text) - 1};
    const struct bff_schemas schemas = {&schema, 1};
    const struct bff_build build = {.name = "a", .schemas = &schemas};
    const struct plan *plan = plan_of(&nested_page);
    char error[256] = "";
    unsigned wrong = 0;
    const struct shape_files *files = shape_files_read(pool, &build, stderr, &wrong);
    const struct plan_shapes *shapes = plan_shapes_make(pool, plan, files, error, sizeof(error));
    struct pages pages = {.plans = &plan, .shapes = &shapes, .count = 1};

    assert_int_equal(wrong, 0);
    assert_non_null(shapes);
    const struct types *types = types_make(pool, &pages);
    assert_true(text_is(types_name(types, shapes->parts[0]), "Tree"));
    assert_ptr_equal(shapes->parts[1]->item, shapes->parts[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_are_unique, make_pool, free_pool),
        cmocka_unit_test_setup_teardown(parts_have_only_their_states, make_pool, free_pool),
        cmocka_unit_test_setup_teardown(a_list_may_have_itself_as_item, make_pool, free_pool),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
