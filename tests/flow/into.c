/* Computed members that are put into a part. All other bytes of the part are the service's. */
#include "tests/flow/flow.h"

static const struct bff_service service = {.name = "service"};

static void ask_list(struct bff_ask *ask) { ask_get(ask, &service, "/list"); }
static void ask_object(struct bff_ask *ask) { ask_get(ask, &service, "/object"); }
static void ask_other(struct bff_ask *ask) { ask_get(ask, &service, "/other"); }

static void ask_two(struct bff_ask *ask)
{
    ask_object(ask);
    ask_other(ask);
}

/* The double of its "n"; nothing without one. */
static void print_double(struct json_print *out, struct json value)
{
    double n;

    if (json_double(json_get(value, "n"), &n))
        json_print_int(out, (int64_t)(2 * n));
}

static void print_place(struct json_print *out, const struct json *values, size_t place)
{
    json_print_size(out, place);
}

/* The item of the other part that has the same place. */
static void print_other(struct json_print *out, const struct json *values, size_t place)
{
    json_print_json(out, json_item(values[1], place));
}

static void print_raw(struct json_print *out, struct json value) { json_print_json(out, value); }

#define PAGE(...)                                                                                  \
    {                                                                                              \
        .route = "GET /p/:id", .access = BFF_PUBLIC, .parts = BFF_TABLE(parts),                    \
        .fields = BFF_TABLE(((const struct bff_field[]){__VA_ARGS__}))                             \
    }
#define BOTH(field, ...) PAGE({.of = "list other", .into = field, .print_all = __VA_ARGS__})

static void each_item_of_a_list_gets_it(void **state)
{
    static const struct bff_part parts[] = {{.name = "list", .ask = ask_list, .kind = BFF_LIST}};
    const struct bff_composite page =
        PAGE({.of = "list", .into = "list[].double", .print = print_double});
    static const struct flow_case cases[] = {
        {.why = "all other bytes are as they came",
         .script = "/list 0 [ {\"n\": 1.50 ,\"a\":[1 , 2]} ,\t{ \"b\" : {\"n\":9}, \"n\":2e0}]",
         .body = "{\"list\":[ {\"n\": 1.50 ,\"a\":[1 , 2],\"double\":3} ,\t{ \"b\" : {\"n\":9}, "
                 "\"n\":2e0,\"double\":4}]}"},
        {.why = "an empty object, with and without space in it",
         .script = "/list 0 [{},{ }]",
         .body = "{\"list\":[{\"double\":null},{ \"double\":null}]}"},
        {.why = "an empty list", .script = "/list 0 [ ]", .body = "{\"list\":[ ]}"},
        {.why = "an item that is no object stays as it is",
         .script = "/list 0 [null,1,\"n\",[{\"n\":1}],{\"n\":1}]",
         .body = "{\"list\":[null,1,\"n\",[{\"n\":1}],{\"n\":1,\"double\":2}]}"},
        {.why = "a member of that name gets the value, however it is written",
         .script = "/list 0 [{\"double\":[0] ,\"n\":1},{\"d\\u006fuble\":0,\"n\":2,\"double\":7}]",
         .body = "{\"list\":[{\"double\":2 ,\"n\":1},{\"d\\u006fuble\":4,\"n\":2,\"double\":4}]}"},
        {.why = "a rejected list is its fallback",
         .script = "/list 0 status 500",
         .body = "{\"list\":[],\"partialFailure\":true,\"errors\":{\"list\":{\"reason\":\"status\","
                 "\"status\":500}}}"},
        {.why = "so is one of which nothing was sent",
         .script = "/list 0 204",
         .body = "{\"list\":[]}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void other_parts_are_read_by_place(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "list", .ask = ask_list, .kind = BFF_LIST, .pick = "id"},
        {.name = "other", .ask = ask_other, .kind = BFF_LIST, .place = BFF_HIDDEN}};
    const struct bff_composite page = BOTH("list[].other", print_other);
    static const struct flow_case cases[] = {
        {.why = "in the same order; where there is none, null",
         .script = "/list 9 [{\"id\":1,\"x\":0},{\"id\":2},{}]; /other 0 [\"a\",{\"b\":1.0}]",
         .body = "{\"list\":[{\"id\":1,\"other\":\"a\"},{\"id\":2,\"other\":{\"b\":1.0}},"
                 "{\"other\":null}]}"},
        {.why = "a rejected part is null in each",
         .script = "/list 0 [{\"id\":1},{}]; /other 0 reset",
         .body = "{\"list\":[{\"id\":1,\"other\":null},{\"other\":null}],\"partialFailure\":true,"
                 "\"errors\":{\"other\":{\"reason\":\"reset\"}}}"},
        {.why = "one of which nothing was sent is its fallback",
         .script = "/list 0 [{\"id\":1}]; /other 0 204",
         .body = "{\"list\":[{\"id\":1,\"other\":null}]}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void an_object_gets_it(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "object", .ask = ask_object, .kind = BFF_OBJECT, .fallback = "{\"n\":0}"}};
    const struct bff_composite page =
        PAGE({.of = "object", .into = "object.double", .print = print_double},
             {.of = "object", .into = "object.in.double", .print = print_double},
             {.of = "object", .into = "object.copy", .print = print_raw},
             {.name = "double", .of = "object", .print = print_double});
    static const struct flow_case cases[] = {
        {.why = "and an object inside, which is read as it came",
         .script = "/object 0 {\"n\":1,\"in\":{\"n\":2},\"z\":1}",
         .body = "{\"object\":{\"n\":1,\"in\":{\"n\":2,\"double\":4},\"z\":1,\"double\":2,"
                 "\"copy\":{\"n\":1,\"in\":{\"n\":2},\"z\":1}},\"double\":2}"},
        {.why = "the one inside is not there, or is no object",
         .script = "/object 0 {\"in\":[]}",
         .body = "{\"object\":{\"in\":[],\"double\":null,\"copy\":{\"in\":[]}},\"double\":null}"},
        {.why = "of two of that name, the last is read",
         .script = "/object 0 {\"in\":{\"n\":1},\"in\":{\"n\":2}}",
         .body = "{\"object\":{\"in\":{\"n\":1},\"in\":{\"n\":2,\"double\":4},\"double\":null,"
                 "\"copy\":{\"in\":{\"n\":1},\"in\":{\"n\":2}}},\"double\":null}"},
        {.why = "a fallback stays as it is written",
         .script = "/object 0 reset",
         .body = "{\"object\":{\"n\":0},\"double\":null,\"partialFailure\":true,\"errors\":{"
                 "\"object\":{\"reason\":\"reset\"}}}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void the_places_of_nested_lists_count_on(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "list", .ask = ask_list, .kind = BFF_LIST},
        {.name = "other", .ask = ask_other, .kind = BFF_LIST, .place = BFF_HIDDEN}};
    const struct bff_composite page =
        PAGE({.of = "list other", .into = "list[].items[].other", .print_all = print_other},
             {.of = "list other", .into = "list[].place", .print_all = print_place},
             {.of = "list other", .into = "list[].in.place", .print_all = print_place});
    static const struct flow_case cases[] = {
        {.why = "as a loop in a loop asks for them",
         .script = "/list 0 [{\"items\":[{},{\"a\":1}]},0,{},{\"in\":{},\"items\":[1,{}]}]; "
                   "/other 0 [10,11,12,13]",
         .body = "{\"list\":[{\"items\":[{\"other\":10},{\"a\":1,\"other\":11}],\"place\":0},0,"
                 "{\"place\":2},{\"in\":{\"place\":3},\"items\":[1,{\"other\":13}],\"place\":3}]}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void a_pick_keeps_what_it_keeps(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "object", .ask = ask_object, .pick = "id items[].n whole"}};
    const struct bff_composite page =
        PAGE({.of = "object", .into = "object.items[].double", .print = print_double},
             {.of = "object", .into = "object.whole[].double", .print = print_double},
             {.of = "object", .into = "object.double", .print = print_double});
    static const struct flow_case cases[] = {
        {.why = "the functions read the rest, too",
         .script =
             "/object 0 {\"n\":4,\"whole\":[ {\"n\":3,\"z\":0} ],\"items\":[{\"n\":1,\"z\":0},"
             "{}],\"id\":7}",
         .body = "{\"object\":{\"id\":7,\"items\":[{\"n\":1,\"double\":2},{\"double\":null}],"
                 "\"whole\":[ {\"n\":3,\"z\":0,\"double\":6} ],\"double\":8}}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void a_list_of_calls_gets_it(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "list", .ask = ask_two, .kind = BFF_OBJECT, .many = 2},
        {.name = "other", .ask = ask_list, .kind = BFF_LIST, .place = BFF_HIDDEN}};
    const struct bff_composite page = BOTH("list[].other", print_other);
    static const struct flow_case cases[] = {
        {.why = "an item that failed stays null, and the others keep their places",
         .script = "/object 0 status 500; /other 0 {\"x\":1}; /list 0 [\"a\",\"b\"]",
         .body = "{\"list\":[null,{\"x\":1,\"other\":\"b\"}],\"partialFailure\":true,\"errors\":{"
                 "\"list[0]\":{\"reason\":\"status\",\"status\":500}}}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void a_spread_part_gets_it_inside(void **state)
{
    static const struct bff_part parts[] = {{.name = "object",
                                             .ask = ask_object,
                                             .place = BFF_SPREAD,
                                             .pick = "id items",
                                             .fallback = "{\"items\":[{\"n\":1}]}"}};
    const struct bff_composite page =
        PAGE({.of = "object", .into = "object.items[].double", .print = print_double});
    static const struct flow_case cases[] = {
        {.why = "in a member that is a list",
         .script = "/object 0 {\"items\":[{\"n\":1}],\"id\":1}",
         .body = "{\"id\":1,\"items\":[{\"n\":1,\"double\":2}]}"},
        {.why = "and its fallback does not",
         .script = "/object 0 204",
         .body = "{\"items\":[{\"n\":1}]}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void long_items_are_borrowed(void **state)
{
    static const struct bff_part parts[] = {{.name = "list", .ask = ask_list, .kind = BFF_LIST}};
    const struct bff_composite page =
        PAGE({.of = "list", .into = "list[].copy", .print = print_raw});
    static char script[16 * 1024], want[32 * 1024];

    sprintf(script, "/list 0 [{\"a\":\"%0*d\"},{\"a\":\"%0*d\"}]", 3000, 1, 5000, 2);
    sprintf(want,
            "{\"list\":[{\"a\":\"%0*d\",\"copy\":{\"a\":\"%0*d\"}},{\"a\":\"%0*d\",\"copy\":{\"a\":"
            "\"%0*d\"}}]}",
            3000, 1, 3000, 1, 5000, 2, 5000, 2);
    flow_run(&page, "1", script);
    assert_string_equal(flow.body, want);
    flow_end_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_item_of_a_list_gets_it),
        cmocka_unit_test(other_parts_are_read_by_place),
        cmocka_unit_test(an_object_gets_it),
        cmocka_unit_test(the_places_of_nested_lists_count_on),
        cmocka_unit_test(a_pick_keeps_what_it_keeps),
        cmocka_unit_test(a_list_of_calls_gets_it),
        cmocka_unit_test(a_spread_part_gets_it_inside),
        cmocka_unit_test(long_items_are_borrowed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
