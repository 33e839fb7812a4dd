/* Tests that the message about a mistake in a table names the composite, the row and the
 * mistake. */
#include "tests/unit/plan_errors.h"

static void get_twice(struct bff_ask *ask)
{
    get(ask);
    get(ask);
}

static void nothing_and_get(struct bff_ask *ask)
{
    ask_nothing(ask);
    get(ask);
}

static void get_and_nothing(struct bff_ask *ask)
{
    get(ask);
    ask_nothing(ask);
}

static void nothing_more(struct bff_ask *ask)
{
    ask_nothing(ask);
    ask_segment(ask, TEXT("x"));
}

static void nothing_more_in_a_loop(struct bff_ask *ask)
{
    json_each (item, ask_part(ask, "a")) {
        ask_nothing(ask);
        ask_segment(ask, TEXT("x"));
    }
}

static void get_unnamed_query(struct bff_ask *ask)
{
    get(ask);
    ask_query(ask, NULL, TEXT("x"));
}

static void get_unnamed_header(struct bff_ask *ask)
{
    get(ask);
    ask_pass_header(ask, NULL);
}

static void get_unnamed_part(struct bff_ask *ask)
{
    get(ask);
    ask_segment(ask, ask_text(ask, ask_part(ask, NULL)));
}

static void get_nothing(struct bff_ask *ask) { ask_segment(ask, TEXT("x")); }
static void get_nowhere(struct bff_ask *ask) { ask_get(ask, &users, "users"); }
static void get_nobody(struct bff_ask *ask) { ask_get(ask, NULL, "/users"); }

static void get_by_unknown(struct bff_ask *ask)
{
    get(ask);
    ask_segment(ask, ask_param(ask, "userID"));
}

static void get_by_part(struct bff_ask *ask)
{
    get(ask);
    ask_segment(ask, ask_text(ask, json_get(ask_part(ask, "a"), "id")));
}

static void get_late_segment(struct bff_ask *ask)
{
    get(ask);
    ask_query(ask, "q", TEXT("1"));
    ask_segment(ask, TEXT("x"));
}

static void get_as_host(struct bff_ask *ask)
{
    get(ask);
    ask_pass_header(ask, "Host");
}

static void get_as_identity(struct bff_ask *ask)
{
    get(ask);
    ask_pass_header(ask, "X-Identity");
}

static void get_with_line(struct bff_ask *ask)
{
    get(ask);
    ask_pass_header(ask, "a\r\nb");
}

static void get_from_two(struct bff_ask *ask)
{
    static const struct bff_service orders = {.name = "orders"};

    get(ask);
    ask_get(ask, &orders, "/orders");
}

#define NO_ROUTE(text) text ": .route must be a method, a space and a path: \"GET /api/users/:id\""
#define SEGMENT "must be letters, digits, '-', '.', '_' or '~'"

static void of_the_route(void **state)
{
    const struct error_case cases[] = {
        {NO_ROUTE("composite without .route"), {.access = BFF_PUBLIC, .parts = PART_OK}},
        {NO_ROUTE(""), {.route = "", .access = BFF_PUBLIC, .parts = PART_OK}},
        {NO_ROUTE("/p"), {.route = "/p", .access = BFF_PUBLIC, .parts = PART_OK}},
        {NO_ROUTE("GET p"), {.route = "GET p", .access = BFF_PUBLIC, .parts = PART_OK}},
        {NO_ROUTE("GET  /p"), {.route = "GET  /p", .access = BFF_PUBLIC, .parts = PART_OK}},
        {NO_ROUTE("GET /"), {.route = "GET /", .access = BFF_PUBLIC, .parts = PART_OK}},
        {"HEAD /p: .route: a composite answers GET, POST, PUT, PATCH or DELETE, not HEAD",
         {.route = "HEAD /p", .access = BFF_PUBLIC, .parts = PART_OK}},
        {"get /p: .route: a composite answers GET, POST, PUT, PATCH or DELETE, not get",
         {.route = "get /p", .access = BFF_PUBLIC, .parts = PART_OK}},
        {"GET /p//q: .route: segment \"\" " SEGMENT,
         {.route = "GET /p//q", .access = BFF_PUBLIC, .parts = PART_OK}},
        {"GET /p/..: .route: segment \"..\" " SEGMENT,
         {.route = "GET /p/..", .access = BFF_PUBLIC, .parts = PART_OK}},
        {"GET /p%20q: .route: segment \"p%20q\" " SEGMENT,
         {.route = "GET /p%20q", .access = BFF_PUBLIC, .parts = PART_OK}},
        {"GET /p?q=1: .route: segment \"p?q=1\" " SEGMENT,
         {.route = "GET /p?q=1", .access = BFF_PUBLIC, .parts = PART_OK}},
        {"GET /p/:: .route: parameter \":\" must be ':' and letters, digits, '_' or '-'",
         {.route = "GET /p/:", .access = BFF_PUBLIC, .parts = PART_OK}},
        {"GET /:a.b: .route: parameter \":a.b\" must be ':' and letters, digits, '_' or '-'",
         {.route = "GET /:a.b", .access = BFF_PUBLIC, .parts = PART_OK}},
        {"GET /:a/x/:a: .route: parameter \":a\" stands twice",
         {.route = "GET /:a/x/:a", .access = BFF_PUBLIC, .parts = PART_OK}},
    };

    check_all(cases, COUNT(cases));
}

static void of_a_path_of_the_server(void **state)
{
    const struct error_case cases[] = {
        {"GET /health: .route: the server answers this path itself (docs/configuration.md#routes), "
         "so nothing "
         "gets here",
         {.route = "GET /health", .access = BFF_PUBLIC, .parts = PART_OK}},
        {"GET /ready: .route: the server answers this path itself (docs/configuration.md#routes), "
         "so nothing "
         "gets here",
         {.route = "GET /ready", .access = BFF_PUBLIC, .parts = PART_OK}},
        {"GET /health/:service: .route: the server answers this path itself "
         "(docs/configuration.md#routes), so "
         "nothing gets here",
         {.route = "GET /health/:service", .access = BFF_PUBLIC, .parts = PART_OK}},
        {"GET /bff/:page: .route: the server answers this path itself "
         "(docs/configuration.md#routes), so nothing gets here",
         {.route = "GET /bff/:page", .access = BFF_PUBLIC, .parts = PART_OK}},
        {"GET /.well-known/jwks.json: .route: the server answers this path itself "
         "(docs/configuration.md#routes), so nothing gets here",
         {.route = "GET /.well-known/jwks.json", .access = BFF_PUBLIC, .parts = PART_OK}},
        {"GET /__mock/a: .route: the server answers this path itself "
         "(docs/configuration.md#routes), so nothing gets here",
         {.route = "GET /__mock/a", .access = BFF_PUBLIC, .parts = PART_OK}},
    };

    check_all(cases, COUNT(cases));
}

static void of_who_may_ask(void **state)
{
    const struct error_case cases[] = {
        {P
         ".access is missing: BFF_PUBLIC, BFF_SIGNED_IN, BFF_ROLE, BFF_OWNER, BFF_SCOPE or BFF_KEY",
         PAGE_FOR(BFF_ACCESS_MISSING, .parts = PART_OK)},
        {P ".access is BFF_ROLE, but .role is missing", PAGE_FOR(BFF_ROLE, .parts = PART_OK)},
        {P ".access is BFF_OWNER, but .owner is missing", PAGE_FOR(BFF_OWNER, .parts = PART_OK)},
        {P ".role is not one role: expected visible ASCII without a comma",
         PAGE_FOR(BFF_ROLE, .role = "admin,staff", .parts = PART_OK)},
        {P ".role is named, but .access is not BFF_ROLE", PAGE(.role = "admin", .parts = PART_OK)},
        {P ".owner is named, but .access is not BFF_OWNER", PAGE(.owner = "id", .parts = PART_OK)},
        {P ".access is BFF_SCOPE, but .scopes is missing", PAGE_FOR(BFF_SCOPE, .parts = PART_OK)},
        {P ".scopes: expected either | (one of them) or + (all of them) between scopes",
         PAGE_FOR(BFF_SCOPE, .scopes = "a|b+c", .parts = PART_OK)},
        {P ".scopes: expected the name of a scope, as in scope:orders:read",
         PAGE_FOR(BFF_SCOPE, .scopes = "read write", .parts = PART_OK)},
        {P ".scopes is named, but .access is not BFF_SCOPE",
         PAGE(.scopes = "read", .parts = PART_OK)},
        {P ".owner names \"userId\", which is neither a parameter nor a path into a part",
         PAGE_FOR(BFF_OWNER, .owner = "userId", .parts = PART_OK)},
        {P ".owner names \"a\", which is neither a parameter nor a path into a part",
         PAGE_FOR(BFF_OWNER, .owner = "a", .parts = PART_OK)},
        {P ".owner names \"id.x\", which is neither a parameter nor a path into a part",
         PAGE_FOR(BFF_OWNER, .owner = "id.x", .parts = PART_OK)},
        {P ".owner names \"a.userId\", but part \"a\" is neither required nor waited for",
         PAGE_FOR(BFF_OWNER, .owner = "a.userId", .parts = PART_OK)},
    };

    check_all(cases, COUNT(cases));
}

#define NO_PARTS ".parts is missing: write .parts = BFF_TABLE(parts), with at least one row"

static void of_a_part(void **state)
{
    const struct error_case cases[] = {
        {P NO_PARTS, PAGE(.parts = {0})},
        {P NO_PARTS, PAGE(.parts = ROWS({0}))},
        {P NO_PARTS, PAGE(.parts = {.rows = (const struct bff_part[]){ROW()}})},
        {P NO_PARTS, PAGE(.parts = {.count = 3})},
        {P "part 1: the row is empty: remove it", PAGE(.parts = ROWS({0}, ROW()))},
        {P "part 1: .name is missing", PAGE(.parts = ROWS({.ask = get}))},
        {P "part \"\": .name must be letters, digits, '_' or '-'",
         PAGE(.parts = ROWS({.name = "", .ask = get}))},
        {P "part \"a b\": .name must be letters, digits, '_' or '-'",
         PAGE(.parts = ROWS({.name = "a b", .ask = get}))},
        {PART "a part above has the same .name", PAGE(.parts = ROWS(ROW(), ROW()))},
        {PART ".ask is missing: the function that describes its call",
         PAGE(.parts = ROWS({.name = "a"}))},
        {PART ".after names \"x\", which is no part above it",
         PAGE(.parts = ROWS(ROW(.after = "x")))},
        {PART ".after names \"a\", which is no part above it",
         PAGE(.parts = ROWS(ROW(.after = "a")))},
        {PART ".after names \"b\", which is no part above it",
         PAGE(.parts = ROWS(ROW(.after = "b"), NEXT()))},
        {PART ".need is none of enum bff_need", PAGE(.parts = ROWS(ROW(.need = 7)))},
        {PART ".place is none of enum bff_place", PAGE(.parts = ROWS(ROW(.place = 7)))},
        {PART ".kind is none of enum bff_kind", PAGE(.parts = ROWS(ROW(.kind = 7)))},
        {PART ".timeout_ms is 1001, which is over the budget of 1000 ms",
         PAGE(.parts = ROWS(ROW(.timeout_ms = 1001)))},
        {PART ".timeout_ms is 501, which is over the budget of 500 ms",
         PAGE(.budget_ms = 500, .parts = ROWS(ROW(.timeout_ms = 501)))},
        {PART ".many is 1001, which is over 1000", PAGE(.parts = ROWS(ROW(.many = 1001)))},
        {PART ".at_once is of use with .many only", PAGE(.parts = ROWS(ROW(.at_once = 4)))},
        {P ".failure is missing: a part is required",
         PAGE(.parts = ROWS(ROW(.need = BFF_REQUIRED)))},
        {PART ".fallback is of no use: the part is required",
         PAGE(.failure = "Failed", .parts = ROWS(ROW(.need = BFF_REQUIRED, .fallback = "{}")))},
        {PART "it is hidden, and neither a field nor a part reads it",
         PAGE(.parts = ROWS(ROW(.place = BFF_HIDDEN)))},
    };

    check_all(cases, COUNT(cases));
}

static void of_a_cached_part(void **state)
{
    const struct error_case cases[] = {
        {PART ".cache_s is 2678401, which is over 2678400",
         PAGE(.parts = ROWS(ROW(.cache_s = 2678401)))},
        {PART ".stale_s is 2678401, which is over 2678400",
         PAGE(.parts = ROWS(ROW(.cache_s = 1, .stale_s = 2678401)))},
        {PART ".stale_s is of use with .cache_s only", PAGE(.parts = ROWS(ROW(.stale_s = 4)))},
        {PART ".shared is of use with .cache_s only", PAGE(.parts = ROWS(ROW(.shared = true)))},
    };

    check_all(cases, COUNT(cases));
}

static void of_too_many_parts(void **state)
{
    struct bff_part rows[BFF_PARTS_MAX + 1] = {0};
    struct pool *pool = pool_new();
    char names[BFF_PARTS_MAX + 1][8], error[256];

    for (size_t i = 0; i <= BFF_PARTS_MAX; i++) {
        snprintf(names[i], sizeof(names[i]), "p%zu", i);
        rows[i] = (struct bff_part){.name = names[i], .ask = get};
    }
    struct bff_composite page = PAGE(.parts = BFF_TABLE(rows));
    assert_null(plan_make(pool, &page, error, sizeof(error)));
    assert_string_equal(error, P ".parts has 33 rows, which is over 32");

    rows[BFF_PARTS_MAX] = (struct bff_part){0}; /* as tables ended before they had a count */
    assert_non_null(plan_make(pool, &page, error, sizeof(error)));
    pool_free(pool);
}

static void of_what_is_asked(void **state)
{
    const struct error_case cases[] = {
        {PART "ask_get twice, but the row has no .many",
         PAGE(.parts = ROWS({.name = "a", .ask = get_twice}))},
        {PART "ask_get after ask_nothing, but the row has no .many",
         PAGE(.parts = ROWS({.name = "a", .ask = nothing_and_get}))},
        {PART "ask_nothing after a call, but the row has no .many",
         PAGE(.parts = ROWS({.name = "a", .ask = get_and_nothing}))},
        {PART_B "a segment, query or header after ask_nothing",
         PAGE(.parts =
                  ROWS(ROW(.kind = BFF_LIST),
                       {.name = "b", .ask = nothing_more_in_a_loop, .after = "a", .many = 2}))},
        {PART "ask_query needs a name",
         PAGE(.parts = ROWS({.name = "a", .ask = get_unnamed_query}))},
        {PART "ask_pass_header needs a name",
         PAGE(.parts = ROWS({.name = "a", .ask = get_unnamed_header}))},
        {PART "ask_part names \"\", which its .after does not wait for",
         PAGE(.parts = ROWS({.name = "a", .ask = get_unnamed_part}))},
        {PART "a segment, query or header after ask_nothing",
         PAGE(.parts = ROWS({.name = "a", .ask = nothing_more}))},
        {PART "a segment, query or header before ask_get",
         PAGE(.parts = ROWS({.name = "a", .ask = get_nothing}))},
        {PART "ask_get needs a service, and a path that begins with '/'",
         PAGE(.parts = ROWS({.name = "a", .ask = get_nowhere}))},
        {PART "ask_get needs a service, and a path that begins with '/'",
         PAGE(.parts = ROWS({.name = "a", .ask = get_nobody}))},
        {PART "ask_param names \"userID\", which is no parameter of the route",
         PAGE(.parts = ROWS({.name = "a", .ask = get_by_unknown}))},
        {PART_B "ask_part names \"a\", which its .after does not wait for",
         PAGE(.parts = ROWS(ROW(), {.name = "b", .ask = get_by_part}))},
        {PART "ask_segment behind a query",
         PAGE(.parts = ROWS({.name = "a", .ask = get_late_segment}))},
    };

    check_all(cases, COUNT(cases));
}

static void of_headers_that_are_passed_on(void **state)
{
    const struct error_case cases[] = {
        {PART "ask_pass_header cannot pass \"host\" on",
         PAGE(.parts = ROWS({.name = "a", .ask = get_as_host}))},
        {PART "ask_pass_header cannot pass \"x-identity\" on",
         PAGE(.parts = ROWS({.name = "a", .ask = get_as_identity}))},
        {PART "ask_pass_header cannot pass \"a\r\nb\" on",
         PAGE(.parts = ROWS({.name = "a", .ask = get_with_line}))},
    };

    check_all(cases, COUNT(cases));
}

static void of_a_breaker_of_its_own(void **state)
{
    const struct error_case cases[] = {
        {PART "with .has_breaker all calls are to one service, and one is to \"orders\"",
         PAGE(.parts = ROWS({.name = "a", .ask = get_from_two, .many = 2, .has_breaker = true}))},
    };

    check_all(cases, COUNT(cases));
}

static void all_are_told_a_line_each(void **state)
{
    const struct error_case cases[] = {
        {PART ".ask is missing: the function that describes its call\n" PART
              ".after names \"x\", which is no part above it\n" PART_B
              ".at_once is of use with .many only",
         PAGE(.parts = ROWS({.name = "a", .after = "x"}, NEXT(.at_once = 2)))},
    };

    check_all(cases, COUNT(cases));
}

static void as_much_is_told_as_fits(void **state)
{
    const struct bff_composite page = PAGE(.parts = ROWS({.name = "a", .after = "x"}));
    struct pool *pool = pool_new();

    for (size_t size = 0; size < 100; size++) {
        char *error = malloc(size); /* of just that size, for the sanitizer to see */
        assert_null(plan_make(pool, &page, error, size));
        if (size > 0)
            assert_true(strlen(error) < size);
        free(error);
    }
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_the_route),
        cmocka_unit_test(of_a_path_of_the_server),
        cmocka_unit_test(of_who_may_ask),
        cmocka_unit_test(of_a_part),
        cmocka_unit_test(of_a_cached_part),
        cmocka_unit_test(of_too_many_parts),
        cmocka_unit_test(of_what_is_asked),
        cmocka_unit_test(of_headers_that_are_passed_on),
        cmocka_unit_test(of_a_breaker_of_its_own),
        cmocka_unit_test(all_are_told_a_line_each),
        cmocka_unit_test(as_much_is_told_as_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
