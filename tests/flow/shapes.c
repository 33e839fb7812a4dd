/* Tests of the place and the form of a part's value in the answer. */
#include "tests/flow/flow.h"

static const struct bff_service service = {.name = "service"};

static void ask_a(struct bff_ask *ask) { ask_get(ask, &service, "/a"); }
static void ask_b(struct bff_ask *ask) { ask_get(ask, &service, "/b"); }

static void ask_list(struct bff_ask *ask) { ask_get(ask, &service, "/l"); }

static void ask_both(struct bff_ask *ask)
{
    ask_a(ask);
    ask_b(ask);
}

static void ask_for_none(struct bff_ask *ask) {}

static void ask_by_a(struct bff_ask *ask)
{
    ask_get(ask, &service, "/by");
    ask_segment(ask, ask_text(ask, json_get(ask_part(ask, "a"), "id")));
}

static void print_nothing(struct json_print *out, struct json part) {}

#define PAGE(rows)                                                                                 \
    {                                                                                              \
        .route = "GET /page/:id", .access = BFF_PUBLIC, .failure = "Failed",                       \
        .parts = BFF_TABLE(rows),                                                                  \
    }

static void optional_members_are_spread_or_left_out(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "a", .ask = ask_a, .place = BFF_SPREAD, .pick = "x y.z"},
        {.name = "b",
         .ask = ask_b,
         .place = BFF_SPREAD,
         .pick = "p",
         .fallback = "{\"q\":1,\"p\":0}"},
    };
    static const struct bff_composite page = PAGE(parts);
    static const struct flow_case cases[] = {
        {.why = "both",
         .script = "/a 0 {\"y\":{\"z\":1,\"w\":2},\"x\":3}; /b 0 {\"p\":4}",
         .body = "{\"x\":3,\"y\":{\"z\":1},\"p\":4}"},
        {.why = "one is empty: its fallback is picked from",
         .script = "/a 0 204; /b 0 204",
         .body = "{\"p\":0}"},
        {.why = "both are rejected",
         .script = "/a 0 reset; /b 0 reset",
         .body = "{\"p\":0,\"partialFailure\":true,\"errors\":{\"a\":{\"reason\":\"reset\"},"
                 "\"b\":{\"reason\":\"reset\"}}}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void lists_are_picked_item_by_item(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "a", .ask = ask_list, .kind = BFF_LIST, .pick = "id"},
        {.name = "all", .ask = ask_both, .many = 2, .pick = "n"},
    };
    static const struct bff_composite page = PAGE(parts);
    static const struct flow_case cases[] = {
        {.why = "in both ways of being a list",
         .script = "/l 0 [ {\"n\":1,\"id\":2}, {} ]; /a 0 {\"n\":1,\"id\":2}; /b 0 {}",
         .body = "{\"a\":[{\"id\":2},{}],\"all\":[{\"n\":1},{}]}"},
        {.why = "an item that is no object spoils it",
         .script = "/l 0 [{\"id\":1},null]; /a 0 [{\"n\":1}]; /b 0 {\"n\":1}",
         .body = "{\"a\":[],\"all\":[null,{\"n\":1}],\"partialFailure\":true,\"errors\":{"
                 "\"a\":{\"reason\":\"bad_json\",\"status\":200},"
                 "\"all[0]\":{\"reason\":\"bad_json\",\"status\":200}}}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void an_empty_predecessor_is_its_fallback(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "a", .ask = ask_a, .place = BFF_HIDDEN, .fallback = "{\"id\":\"none\"}"},
        {.name = "by", .ask = ask_by_a, .after = "a"},
    };
    static const struct bff_composite page = PAGE(parts);
    static const struct flow_case cases[] = {
        {.why = "it has a value", .script = "/a 0 {\"id\":7}; /by/7 0 1", .body = "{\"by\":1}"},
        {.why = "it has none", .script = "/a 0 204; /by/none 0 2", .body = "{\"by\":2}"},
        {.why = "it was rejected",
         .script = "/a 0 status 404; /by/none 0 2",
         .body = "{\"by\":null,\"partialFailure\":true,\"errors\":{\"a\":{\"reason\":\"status\","
                 "\"status\":404},\"by\":{\"reason\":\"skipped\"}}}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void what_describes_no_call_is_skipped(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "one", .ask = ask_for_none},
        {.name = "many", .ask = ask_for_none, .many = 3},
    };
    static const struct bff_composite page = PAGE(parts);
    static const struct flow_case cases[] = {
        {.why = "a list of none is a list",
         .script = "",
         .trace = "0 done",
         .body = "{\"one\":null,\"many\":[],\"partialFailure\":true,\"errors\":{\"one\":{"
                 "\"reason\":\"skipped\"}}}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void a_rejected_list_leaves_its_fallback(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "one", .ask = ask_both, .many = 1, .fallback = "[{\"id\":0}]"},
        {.name = "two", .ask = ask_both, .many = 2, .fallback = "[{\"id\":0}]"},
    };
    static const struct bff_composite page = PAGE(parts);
    static const struct flow_case cases[] = {
        {.why = "the one that is too long, and not the one whose items fail",
         .script = "/a 0 reset; /b 0 2",
         .body = "{\"one\":[{\"id\":0}],\"two\":[null,2],\"partialFailure\":true,\"errors\":{"
                 "\"one\":{\"reason\":\"too_large\"},\"two[0]\":{\"reason\":\"reset\"}}}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void of_two_required_parts_the_first_is_told(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "a", .ask = ask_a, .need = BFF_REQUIRED},
        {.name = "b", .ask = ask_b, .need = BFF_REQUIRED},
    };
    static const struct bff_composite page = PAGE(parts);
    static const struct flow_case cases[] = {
        {.why = "both at the budget: the first row",
         .script = "",
         .status = 504,
         .body = "{\"error\":\"Failed\",\"part\":\"a\",\"reason\":\"timeout\","
                 "\"requestId\":\"r-1\"}"},
        {.why = "else the one that failed first",
         .script = "/b 5 status 404",
         .status = 404,
         .body = "{\"error\":\"Failed\",\"part\":\"b\",\"reason\":\"status\",\"status\":404,"
                 "\"requestId\":\"r-1\"}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void a_field_that_prints_nothing_is_null(void **state)
{
    static const struct bff_part parts[] = {{.name = "a", .ask = ask_a, .place = BFF_HIDDEN}, {0}};
    static const struct bff_field fields[] = {
        {.name = "x", .of = "a", .print = print_nothing},
        {.name = "y", .of = "a", .print = json_print_json},
    };
    static const struct bff_composite page = {.route = "GET /page/:id",
                                              .access = BFF_PUBLIC,
                                              .parts = BFF_TABLE(parts),
                                              .fields = BFF_TABLE(fields)};
    static const struct flow_case cases[] = {
        {.why = "the answer stays JSON", .script = "/a 0 1", .body = "{\"x\":null,\"y\":1}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void a_long_value_is_borrowed_and_a_short_one_is_not(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "a", .ask = ask_a}, {.name = "b", .ask = ask_b}, {0}};
    static const struct bff_composite page = PAGE(parts);
    static char script[8 * 1024], want[8 * 1024];

    sprintf(script, "/a 0 \"%0*d\"; /b 0 [\"short\"]", 5000, 0);
    sprintf(want, "{\"a\":\"%0*d\",\"b\":[\"short\"]}", 5000, 0);
    flow_run(&page, "1", script);
    assert_string_equal(flow.body, want);
    assert_int_equal(flow.answer.body.count, 3);
    assert_ptr_equal(flow.answer.body.rows[1].at, flow.run->parts[0].items[0].value.at);
    flow_end_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(optional_members_are_spread_or_left_out),
        cmocka_unit_test(lists_are_picked_item_by_item),
        cmocka_unit_test(an_empty_predecessor_is_its_fallback),
        cmocka_unit_test(what_describes_no_call_is_skipped),
        cmocka_unit_test(a_rejected_list_leaves_its_fallback),
        cmocka_unit_test(of_two_required_parts_the_first_is_told),
        cmocka_unit_test(a_field_that_prints_nothing_is_null),
        cmocka_unit_test(a_long_value_is_borrowed_and_a_short_one_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
