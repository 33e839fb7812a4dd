/* Mistakes in what leaves parts out and reads the client's query. */
#include "tests/unit/plan_errors.h"

#define QUERY(...) BFF_TABLE(((const struct bff_query[]){__VA_ARGS__}))
#define PAGE_QUERY(...) PAGE(.parts = PART_OK, .query = QUERY(__VA_ARGS__))
#define Q P "query \"q\": "

static bool gets(struct bff_ask *ask)
{
    get(ask);
    return true;
}

static bool adds(struct bff_ask *ask)
{
    ask_query(ask, "x", TEXT("1"));
    return true;
}

static bool says_nothing(struct bff_ask *ask)
{
    ask_nothing(ask);
    return true;
}

static bool reads(struct bff_ask *ask) { return json_length(ask_part(ask, "b")) > 0; }
static bool always(struct bff_ask *ask) { return true; }

static void of_conditions(void **state)
{
    const struct error_case cases[] = {
        {PART ".when calls ask_get, but it only decides", PAGE(.parts = ROWS(ROW(.when = gets)))},
        {PART ".when calls ask_nothing, but it only decides",
         PAGE(.parts = ROWS(ROW(.when = says_nothing)))},
        {PART "a segment, query or header before ask_get", PAGE(.parts = ROWS(ROW(.when = adds)))},
        {PART "ask_part names \"b\", which its .after does not wait for",
         PAGE(.parts = ROWS(ROW(.when = reads), NEXT()))},
        {PART ".when is not possible: .owner reads the part, so it is always asked",
         PAGE_FOR(BFF_OWNER, .owner = "a.id",
                  .parts = ROWS(ROW(.when = always), NEXT(.after = "a")))},
    };

    check_all(cases, COUNT(cases));
}

static void of_queries(void **state)
{
    const struct error_case cases[] = {
        {P "query 1: .name is missing", PAGE_QUERY({.max = 3})},
        {Q ".min is of use with .max only", PAGE_QUERY({.name = "q", .min = 3})},
        {Q ".min is 5, which is over .max", PAGE_QUERY({.name = "q", .min = 5, .max = 4})},
        {Q ".words is of no use: .max makes the value a number",
         PAGE_QUERY({.name = "q", .max = 4, .words = "a"})},
        {Q ".fallback must be a number from 1 to 4",
         PAGE_QUERY({.name = "q", .min = 1, .max = 4, .fallback = "5"})},
        {Q ".fallback must be a number from 1 to 4",
         PAGE_QUERY({.name = "q", .min = 1, .max = 4, .fallback = "0"})},
        {Q ".words has no word", PAGE_QUERY({.name = "q", .words = " "})},
        {Q ".fallback is none of .words",
         PAGE_QUERY({.name = "q", .words = "asc desc", .fallback = "up"})},
        {Q ".fallback cannot be sent: see ask_query", PAGE_QUERY({.name = "q", .fallback = "\n"})},
        {P "query \"parts\": with .may_choose, clients name members with \"parts\"",
         PAGE(.may_choose = true, .parts = PART_OK, .query = QUERY({.name = "parts"}))},
        {P ".query has no count: write .query = BFF_TABLE(query)",
         PAGE(.parts = PART_OK, .query = {(const struct bff_query[]){{.name = "q"}}, 0})},
        {"POST /p: .may_choose is for composites with GET",
         {.route = "POST /p", .access = BFF_PUBLIC, .may_choose = true, .parts = PART_OK}},
    };

    check_all(cases, COUNT(cases));
}

static void of_query_names(void **state)
{
    const struct error_case cases[] = {
        {P "query \"a b\": .name must be letters, digits, or \"_-.~[]\"",
         PAGE_QUERY({.name = "a b"})},
        {Q "a row above has the same .name", PAGE_QUERY({.name = "q"}, {.name = "q"})},
    };

    check_all(cases, COUNT(cases));
}

static void passes(struct bff_ask *ask)
{
    get(ask);
    ask_pass_query(ask, "q");
}

static void passes_first(struct bff_ask *ask) { ask_pass_query(ask, "q"); }

static void of_values(void **state)
{
    const struct error_case cases[] = {
        {PART "ask_query_value or ask_pass_query names \"q\", which has no row in .query",
         PAGE(.parts = ROWS({.name = "a", .ask = passes}))},
        {PART "a segment, query or header before ask_get",
         PAGE(.parts = ROWS({.name = "a", .ask = passes_first}), .query = QUERY({.name = "q"}))},
    };

    check_all(cases, COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_conditions),
        cmocka_unit_test(of_queries),
        cmocka_unit_test(of_query_names),
        cmocka_unit_test(of_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
