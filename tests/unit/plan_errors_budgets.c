/* Mistakes in .p95_ms and .budget_bytes. */
#include "tests/unit/plan_errors.h"

static void print(struct json_print *out, struct json value) { json_print_json(out, value); }

#define TIME(p95, budget)                                                                          \
    P ".p95_ms is " p95 ", but the budget is " budget                                              \
      " ms, so no answer takes longer: write less "                                                \
      "than .budget_ms"
#define BYTES(bytes, names)                                                                        \
    P ".budget_bytes is " bytes ", but the names of the members alone have " names " bytes: the "  \
      "unit is bytes, so write 16 * 1024 for 16 KiB"

static void of_budgets(void **state)
{
    const struct error_case cases[] = {
        {TIME("1000", "1000"), PAGE(.p95_ms = 1000, .parts = PART_OK)},
        {TIME("700", "500"), PAGE(.p95_ms = 700, .budget_ms = 500, .parts = PART_OK)},
        /* {"a":,"b":} */
        {BYTES("10", "11"), PAGE(.budget_bytes = 10, .parts = ROWS(ROW(), NEXT()))},
        {BYTES("8", "11"), PAGE(.budget_bytes = 8, .parts = PART_OK,
                                .fields = FIELDS({.name = "x", .of = "a", .print = print}))},
    };

    check_all(cases, COUNT(cases));
}

static void of_nothing(void **state)
{
    static const struct bff_part parts[] = {
        ROW(.place = BFF_SPREAD, .pick = "id aNameThatIsNotAlwaysThere"), NEXT()};
    const struct bff_composite good[] = {
        PAGE(.p95_ms = 999, .parts = BFF_TABLE(parts)),
        PAGE(.budget_bytes = 10, .parts = BFF_TABLE(parts)),
        PAGE(.p95_ms = 1, .budget_bytes = 1024, .parts = BFF_TABLE(parts)),
    };
    struct pool *pool = pool_new();
    char error[1024] = "";

    for (size_t i = 0; i < COUNT(good); i++)
        if (plan_make(pool, &good[i], error, sizeof(error)) == NULL)
            fail_msg("%s", error);
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_budgets), cmocka_unit_test(of_nothing)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
