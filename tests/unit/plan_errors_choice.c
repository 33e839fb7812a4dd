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

static void item_first(struct bff_ask *ask) { ask_batch_item(ask, TEXT("1")); }

static void no_name(struct bff_ask *ask) { ask_batch(ask, &users, "/users", NULL, 9, "id"); }

static void no_path(struct bff_ask *ask) { ask_batch(ask, &users, "users", "ids", 9, "id"); }

static void no_items(struct bff_ask *ask) { ask_batch(ask, &users, "/users", "ids", 0, "id"); }

static void batch(struct bff_ask *ask)
{
    ask_batch(ask, &users, "/users", "ids", 9, "id");
    ask_batch_item(ask, TEXT("1"));
}

static void late(struct bff_ask *ask)
{
    batch(ask);
    ask_query(ask, "x", TEXT("1"));
}

static bool batches(struct bff_ask *ask)
{
    batch(ask);
    return true;
}

#define NEEDS                                                                                      \
    "ask_batch needs the name of a query parameter, the most items of a call, and the member by "  \
    "which items are found"
#define MANY(function) PAGE(.parts = ROWS({.name = "a", .ask = function, .many = 9}))

static void of_batches(void **state)
{
    const struct error_case cases[] = {
        {PART "ask_batch_item before ask_batch", MANY(item_first)},
        {PART NEEDS, MANY(no_name)},
        {PART NEEDS, MANY(no_items)},
        {PART "ask_batch needs a service, and a path that begins with '/'", MANY(no_path)},
        {PART "ask_batch, but the row has no .many",
         PAGE(.parts = ROWS({.name = "a", .ask = batch}))},
        {PART "a segment, query or header behind ask_batch_item", MANY(late)},
        {PART ".when calls ask_batch, but it only decides",
         PAGE(.parts = ROWS(ROW(.when = batches, .many = 9)))},
    };

    check_all(cases, COUNT(cases));
}

static void print(struct json_print *out, struct json part) { json_print_null(out); }

#define LISTS ROWS(ROW(.kind = BFF_LIST), NEXT(.many = 2), {.name = "o", .ask = get})
#define CONCAT(...) PAGE(.parts = LISTS, .fields = FIELDS({.name = "f", __VA_ARGS__}))
#define F P "field \"f\": "

static void of_concats(void **state)
{
    const struct error_case cases[] = {
        {F ".concat needs the names of two lists or more", CONCAT(.concat = "a")},
        {F ".concat needs the names of two lists or more", CONCAT(.concat = " ")},
        {F ".concat names \"x\", which is no part", CONCAT(.concat = "a x")},
        {F ".concat names \"a\" twice", CONCAT(.concat = "a b a")},
        {F ".concat names \"a,\": names are separated by spaces, not commas",
         CONCAT(.concat = "a, b")},
        {F ".concat names \"o\", which is no list: write .kind = BFF_LIST in its row",
         CONCAT(.concat = "a o")},
        {F ".concat takes the place of .of and .print: remove them or it",
         CONCAT(.concat = "a b", .of = "a")},
        {F ".concat takes the place of .of and .print: remove them or it",
         CONCAT(.concat = "a b", .print = print)},
        {F ".concat makes a member of the answer: write .name instead of .into",
         CONCAT(.concat = "a b", .into = "a[].f")},
    };

    check_all(cases, COUNT(cases));
}

#define OURS(name)                                                                                 \
    PART ".headers: \"" name "\" is a field of the whole answer, which this server writes itself"
#define HEADERS(list) PAGE(.parts = ROWS(ROW(.headers = list)))

static void of_headers(void **state)
{
    const struct error_case cases[] = {
        {PART ".headers: it names no field", HEADERS("")},
        {PART ".headers: \"link,\" is no name of a field: names are separated by spaces",
         HEADERS("Link, X-A")},
        {OURS("content-type"), HEADERS("Content-Type")},
        {OURS("connection"), HEADERS("Link Connection")},
        {OURS("transfer-encoding"), HEADERS("transfer-encoding")},
        {OURS("cache-control"), HEADERS("Cache-Control")},
        {OURS("server-timing"), HEADERS("server-timing")},
        {OURS("access-control-allow-origin"), HEADERS("Access-Control-Allow-Origin")},
        {OURS("x-request-id"), HEADERS("X-Request-Id")},
        {PART ".headers: there are more than 16 names",
         HEADERS("a b c d e f g h i j k l m n o p q")},
        {PART ".headers is not possible with .many, which has many calls",
         PAGE(.parts = ROWS(ROW(.headers = "Link", .many = 2)))},
        {PART ".headers is not possible with .cache_s: only the body is stored",
         PAGE(.parts = ROWS(ROW(.headers = "Link", .cache_s = 2)))},
        {PART ".headers: \"etag\" is the tag of this part, and the answer has more than one: only "
              "a composite with one part can pass it",
         PAGE(.parts = ROWS(ROW(.headers = "ETag"), NEXT()))},
    };

    check_all(cases, COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_batches), cmocka_unit_test(of_concats),
        cmocka_unit_test(of_headers), cmocka_unit_test(of_conditions),
        cmocka_unit_test(of_queries), cmocka_unit_test(of_query_names),
        cmocka_unit_test(of_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
