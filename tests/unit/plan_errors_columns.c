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
        {P "field \"x\": .print is missing",
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_fallbacks),
        cmocka_unit_test(of_kinds),
        cmocka_unit_test(of_picks),
        cmocka_unit_test(of_members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
