/* Mistakes in columns that belong together: kinds, fallbacks, picks, members. */
#include "tests/unit/plan_errors.h"

static void print(struct json_print *out, struct json part) { json_print_null(out); }

static void of_fallbacks(void **state)
{
    const struct error_case cases[] = {
        {PART ".fallback is not JSON: ", PAGE(.parts = ROWS(ROW(.fallback = "")))},
        {PART ".fallback is not JSON: {name: none}",
         PAGE(.parts = ROWS(ROW(.fallback = "{name: none}")))},
        {PART ".fallback must be an array: the part is a list",
         PAGE(.parts = ROWS(ROW(.kind = BFF_LIST, .fallback = "null")))},
        {PART ".fallback must be an array: the part is a list",
         PAGE(.parts = ROWS(ROW(.many = 3, .fallback = "{}")))},
        {PART ".fallback must be an object or null: the part is an object",
         PAGE(.parts = ROWS(ROW(.kind = BFF_OBJECT, .fallback = "[]")))},
        {PART ".fallback must be an object or null: the part is an object",
         PAGE(.parts = ROWS(ROW(.pick = "id", .fallback = "1")))},
        {PART ".fallback must be an object or null: the part is an object",
         PAGE(.parts = ROWS(ROW(.place = BFF_SPREAD, .pick = "id", .fallback = "[]")))},
    };

    check_all(cases, COUNT(cases));
}

#define MANY_LIST                                                                                  \
    ".many makes the part a list, and .kind is the kind of each item: write .kind = BFF_OBJECT, "  \
    "or BFF_ANY if each item may be a list itself"

static void of_kinds(void **state)
{
    const struct error_case cases[] = {
        {PART MANY_LIST, PAGE(.parts = ROWS(ROW(.many = 3, .kind = BFF_LIST)))},
        {PART MANY_LIST, PAGE(.parts = ROWS(ROW(.many = 3, .kind = BFF_LIST, .pick = "id")))},
        {PART ".pick is of no use: the part is hidden, and its readers get all members. Remove "
              ".pick, and write .kind = BFF_OBJECT or BFF_LIST",
         PAGE(.parts = ROWS(ROW(.place = BFF_HIDDEN, .pick = "id"), NEXT(.after = "a")))},
        {PART ".pick picks from objects, so .kind cannot be BFF_ANY: write BFF_OBJECT, or BFF_LIST "
              "for a list of objects",
         PAGE(.parts = ROWS(ROW(.kind = BFF_ANY, .pick = "id")))},
    };

    check_all(cases, COUNT(cases));
}

static void of_picks(void **state)
{
    const struct error_case cases[] = {
        {PART ".pick: it names no member", PAGE(.parts = ROWS(ROW(.pick = "")))},
        {PART ".pick: it names no member", PAGE(.parts = ROWS(ROW(.pick = "  ")))},
        {PART ".pick: \"a..b\" has a dot without a name on both sides",
         PAGE(.parts = ROWS(ROW(.pick = "a..b")))},
        {PART ".pick: \"[].id\" begins with []: write the names alone. BFF_LIST or .many already "
              "applies them to each item",
         PAGE(.parts = ROWS(ROW(.pick = "[].id")))},
        {PART ".pick: \"items[]\" ends with []: write the name alone for the whole list, or a "
              "member of its items behind a dot",
         PAGE(.parts = ROWS(ROW(.pick = "id items[]")))},
        {PART ".pick: \"{name}\" is no path. This is one: items[].price",
         PAGE(.parts = ROWS(ROW(.pick = "{name}")))},
        {PART ".pick: \"{\"name\"}\" is no path. This is one: items[].price",
         PAGE(.parts = ROWS(ROW(.pick = "{\"name\"}")))},
        {PART ".pick: \"items[0].id\" is no path. This is one: items[].price",
         PAGE(.parts = ROWS(ROW(.pick = "items[0].id")))},
        {PART ".pick: \"'id'\" is no path. This is one: items[].price",
         PAGE(.parts = ROWS(ROW(.pick = "'id'")))},
        {PART ".pick: \"*\" is no path. This is one: items[].price",
         PAGE(.parts = ROWS(ROW(.pick = "*")))},
        {PART ".pick: \"id,\" is no path: names are separated by spaces, not commas",
         PAGE(.parts = ROWS(ROW(.pick = "id, name")))},
        {PART ".pick: \"items\" stands twice, or is part of another path",
         PAGE(.parts = ROWS(ROW(.pick = "items[].price items")))},
        {PART "BFF_SPREAD needs .pick, so that its members are known",
         PAGE(.parts = ROWS(ROW(.place = BFF_SPREAD)))},
        {PART "BFF_SPREAD needs an object, and this is a list",
         PAGE(.parts = ROWS(ROW(.place = BFF_SPREAD, .pick = "id", .many = 3)))},
        {PART "BFF_SPREAD needs an object, and this is a list",
         PAGE(.parts = ROWS(ROW(.place = BFF_SPREAD, .pick = "id", .kind = BFF_LIST)))},
    };

    check_all(cases, COUNT(cases));
}

#define TWICE(name) P "member \"" name "\" would stand twice in the answer"

static void of_members(void **state)
{
    const struct error_case cases[] = {
        {P "field 1: .name is missing",
         PAGE(.parts = PART_OK, .fields = FIELDS({.of = "a", .print = print}))},
        {P "field \"x y\": .name must be letters, digits, '_' or '-'",
         PAGE(.parts = PART_OK, .fields = FIELDS({.name = "x y", .of = "a", .print = print}))},
        {P "field \"x\": .of is missing: the part it reads",
         PAGE(.parts = PART_OK, .fields = FIELDS({.name = "x", .print = print}))},
        {P "field \"x\": .of names \"b\", which is no part",
         PAGE(.parts = PART_OK, .fields = FIELDS({.name = "x", .of = "b", .print = print}))},
        {P "field \"x\": .print is missing: the function that prints the value",
         PAGE(.parts = PART_OK, .fields = FIELDS({.name = "x", .of = "a"}))},
        {TWICE("a"),
         PAGE(.parts = PART_OK, .fields = FIELDS({.name = "a", .of = "a", .print = print}))},
        {TWICE("b"), PAGE(.parts = ROWS(ROW(.place = BFF_SPREAD, .pick = "id b"), NEXT()))},
        {TWICE("id"), PAGE(.parts = ROWS(ROW(.place = BFF_SPREAD, .pick = "id"),
                                         NEXT(.place = BFF_SPREAD, .pick = "id.x")))},
        {TWICE("x"),
         PAGE(.parts = PART_OK, .fields = FIELDS({.name = "x", .of = "a", .print = print},
                                                 {.name = "x", .of = "a", .print = print}))},
        {TWICE("errors"), PAGE(.parts = ROWS({.name = "errors", .ask = get}))},
        {TWICE("loadedAt"),
         PAGE(.parts = PART_OK, .fields = FIELDS({.name = "loadedAt", .of = "a", .print = print}))},
        {TWICE("partialFailure"),
         PAGE(.parts = ROWS(ROW(.place = BFF_SPREAD, .pick = "partialFailure")))},
    };

    check_all(cases, COUNT(cases));
}

static void print_all(struct json_print *out, const struct json *values, size_t place) {}

#define TWO ROW(.kind = BFF_LIST), NEXT(.kind = BFF_OBJECT)
#define FIELD(...) PAGE(.parts = ROWS(TWO), .fields = FIELDS({__VA_ARGS__}))
#define X P "field \"x\": "

static void of_fields_that_read(void **state)
{
    const struct error_case cases[] = {
        {X ".of names \"c\", which is no part",
         FIELD(.name = "x", .of = "a c", .print_all = print_all)},
        {X ".of names \"a,\": names are separated by spaces, not commas",
         FIELD(.name = "x", .of = "a, b", .print_all = print_all)},
        {X ".of names \"a\" twice", FIELD(.name = "x", .of = "a b a", .print_all = print_all)},
        {X ".of is missing: the part it reads", FIELD(.name = "x", .of = "  ", .print = print)},
        {X ".of names 2 parts, and .print gets only one value: write .print_all",
         FIELD(.name = "x", .of = "a b", .print = print)},
        {X ".print and .print_all: only one of them is called",
         FIELD(.name = "x", .of = "a", .print = print, .print_all = print_all)},
        {P "field 1: the row is empty: remove it",
         PAGE(.parts = PART_OK, .fields = FIELDS({0}, {.name = "x", .of = "a", .print = print}))},
        {P ".fields has no count: write .fields = BFF_TABLE(fields)",
         PAGE(.parts = PART_OK, .fields = {.rows = (const struct bff_field[]){{0}}})},
    };

    check_all(cases, COUNT(cases));
}

#define INTO(path) P "field \"" path "\": "
#define FIELD_INTO(parts_of, path)                                                                 \
    PAGE(.parts = ROWS(TWO, {.name = "s", .ask = get, .place = BFF_SPREAD, .pick = "id p.x"},      \
                       {.name = "h", .ask = get, .place = BFF_HIDDEN, .kind = BFF_OBJECT},         \
                       {.name = "any", .ask = get},                                                \
                       {.name = "m", .ask = get, .many = 2, .pick = "id items[].n whole"}),        \
         .fields = FIELDS({.of = parts_of, .into = path, .print_all = print_all}))

static void of_places_in_parts(void **state)
{
    const struct error_case cases[] = {
        {INTO("a[]") ".into must end with a dot and the name of the member: \"orders[].label\"",
         FIELD_INTO("a h", "a[]")},
        {INTO("b.") ".into must end with a dot and the name of the member: \"orders[].label\"",
         FIELD_INTO("b h", "b.")},
        {INTO("") ".into must end with a dot and the name of the member: \"orders[].label\"",
         FIELD_INTO("b h", "")},
        {INTO("c.x") ".into names \"c\", which is no part", FIELD_INTO("a h", "c.x")},
        {INTO("b.x") ".into names \"b\", and .of does not: add it there, because the function gets "
                     "the object that the member is put into",
         FIELD_INTO("a h", "b.x")},
        {INTO("h.x") ".into names \"h\", which is hidden, so it has no place in the response",
         FIELD_INTO("a h", "h.x")},
        {INTO("s.x") ".into names \"s\", whose members are members of the response: write .name "
                     "instead of .into",
         FIELD_INTO("s h", "s.x")},
        {INTO("a.x") ".into: \"a\" is a list: write [] after its name", FIELD_INTO("a h", "a.x")},
        {INTO("m.x") ".into: \"m\" is a list: write [] after its name", FIELD_INTO("m h", "m.x")},
        {INTO("b[].x") ".into: \"b\" is no list: remove the [] after its name, or write .kind = "
                       "BFF_LIST in its row",
         FIELD_INTO("b h", "b[].x")},
        {INTO("any.x") ".into: \"any\" must be an object: write .kind = BFF_OBJECT in its row",
         FIELD_INTO("any h", "any.x")},
    };

    check_all(cases, COUNT(cases));
}

static void of_paths_in_parts(void **state)
{
    const struct error_case cases[] = {
        {INTO("a[].x[]") ".into: \"x[]\" ends with []: write the name alone for the whole list, or "
                         "a member of its items behind a dot",
         FIELD_INTO("a h", "a[].x[]")},
        {INTO("a[]..x") ".into: \".x\" has a dot without a name on both sides",
         FIELD_INTO("a h", "a[]..x")},
        {INTO("a[0].x") ".into names \"a[0]\", which is no part", FIELD_INTO("a h", "a[0].x")},
        {INTO("m[].other.x") ".into: .pick leaves \"other\" out: add it there",
         FIELD_INTO("m h", "m[].other.x")},
        {INTO("m[].id") ".into: \"id\" would stand twice", FIELD_INTO("m h", "m[].id")},
        {INTO("m[].items.x") ".into: \"items\" stands with [] and without",
         FIELD_INTO("m h", "m[].items.x")},
        {P "field \"y\": .into ends with \"x\": remove .name, or write it there",
         FIELD(.name = "y", .of = "b", .into = "b.x", .print = print)},
        {P "field \"b.x.y\": .into: \"x\" would stand twice",
         PAGE(.parts = ROWS(TWO), .fields = FIELDS({.of = "b", .into = "b.x", .print = print},
                                                   {.of = "b", .into = "b.x.y", .print = print}))},
    };

    check_all(cases, COUNT(cases));
}

static void of_hedges(void **state)
{
    const struct error_case cases[] = {
        {PART ".hedge_ms is 1000, but the part has only 1000 ms: write less, or BFF_HEDGE_P95",
         PAGE(.parts = ROWS(ROW(.hedge_ms = 1000)))},
        {PART ".hedge_ms is 30, but the part has only 20 ms: write less, or BFF_HEDGE_P95",
         PAGE(.parts = ROWS(ROW(.hedge_ms = 30, .timeout_ms = 20)))},
    };

    check_all(cases, COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_hedges),          cmocka_unit_test(of_fallbacks),
        cmocka_unit_test(of_kinds),           cmocka_unit_test(of_picks),
        cmocka_unit_test(of_members),         cmocka_unit_test(of_fields_that_read),
        cmocka_unit_test(of_places_in_parts), cmocka_unit_test(of_paths_in_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
