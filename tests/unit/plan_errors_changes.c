/* Tests of mistakes in the tables of composites that change data. */
#include "tests/unit/plan_errors.h"

static void post(struct bff_ask *ask) { ask_post(ask, &users, "/users"); }

#define POST_PAGE(...)                                                                             \
    {                                                                                              \
        .route = "POST /p/:id", .access = BFF_PUBLIC, .failure = "f", __VA_ARGS__                  \
    }
#define A "POST /p/:id: part \"a\": "
#define B "POST /p/:id: part \"b\": "
#define BODY(...) .body = BFF_TABLE(((const struct bff_body[]){__VA_ARGS__}))
#define ORDER(of)                                                                                  \
    "it changes data, and so does part \"" of "\": write .after, so that one waits for the other"

static void of_the_order(void **state)
{
    const struct error_case cases[] = {
        {B ORDER("a"), POST_PAGE(.parts = ROWS({.name = "a", .ask = post, .kind = BFF_ANY},
                                               {.name = "b", .ask = post, .kind = BFF_ANY}))},
        {"POST /p/:id: part \"c\": " ORDER("b"),
         POST_PAGE(.parts = ROWS({.name = "a", .ask = post, .kind = BFF_ANY},
                                 {.name = "b", .ask = post, .after = "a", .kind = BFF_ANY},
                                 {.name = "c", .ask = post, .after = "a", .kind = BFF_ANY}))},
        {A "it changes data before .owner is known, which is \"a.userId\"",
         {.route = "POST /p/:id",
          .access = BFF_OWNER,
          .owner = "a.userId",
          .failure = "f",
          .parts = ROWS({.name = "a", .ask = post, .need = BFF_REQUIRED, .kind = BFF_OBJECT})}},
        {A "it changes data before .owner is known, which is \"b.userId\"",
         {.route = "POST /p/:id",
          .access = BFF_OWNER,
          .owner = "b.userId",
          .failure = "f",
          .parts = ROWS(
              {.name = "a", .ask = post, .kind = BFF_OBJECT},
              {.name = "b", .ask = get, .after = "a", .need = BFF_REQUIRED, .kind = BFF_OBJECT})}},
    };

    check_all(cases, COUNT(cases));
}

static void of_the_columns(void **state)
{
    const struct error_case cases[] = {
        {A "it changes data, so .many is not possible: one part makes one change",
         POST_PAGE(.parts = ROWS({.name = "a", .ask = post, .kind = BFF_ANY, .many = 2}))},
        {A "it changes data, so .cache_s is not possible",
         POST_PAGE(.parts = ROWS({.name = "a", .ask = post, .kind = BFF_ANY, .cache_s = 1}))},
        {A "it changes data, so .hedge_ms is not possible",
         POST_PAGE(.parts = ROWS({.name = "a", .ask = post, .kind = BFF_ANY, .hedge_ms = 1}))},
    };

    check_all(cases, COUNT(cases));
}

static void of_the_body(void **state)
{
    const struct error_case cases[] = {
        {P ".body is of use with POST, PUT, PATCH and DELETE only",
         PAGE(.parts = PART_OK, BODY({.path = "a"}))},
        {P ".body_bytes is of use with POST, PUT, PATCH and DELETE only",
         PAGE(.parts = PART_OK, .body_bytes = 1)},
        {"POST /p/:id: .body_bytes is 67108865, which is over 67108864",
         POST_PAGE(.parts = PART_OK, .body_bytes = 64 * 1024 * 1024 + 1)},
        {"POST /p/:id: .body: row 1: .path is missing",
         POST_PAGE(.parts = PART_OK, BODY({.kind = BFF_BODY_TEXT}, {.path = "a"}))},
        {"POST /p/:id: .body: row \"a\": a row above has the same path",
         POST_PAGE(.parts = PART_OK, BODY({.path = "a"}, {.path = "a", .is_optional = true}))},
    };

    check_all(cases, COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_the_order),
        cmocka_unit_test(of_the_columns),
        cmocka_unit_test(of_the_body),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
