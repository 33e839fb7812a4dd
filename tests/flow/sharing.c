/* Tests that parts with the same request share one call. */
#include "tests/flow/flow.h"

static const struct bff_service service = {.name = "service"}, other = {.name = "other"};

static void ask_it(struct bff_ask *ask) { ask_get(ask, &service, "/it"); }
static void ask_other(struct bff_ask *ask) { ask_get(ask, &other, "/it"); }

static void ask_with_cookie(struct bff_ask *ask)
{
    ask_get(ask, &service, "/it");
    ask_pass_header(ask, "Cookie");
}

static void ask_with_header_not_sent(struct bff_ask *ask)
{
    ask_get(ask, &service, "/it");
    ask_pass_header(ask, "Authorization");
}

static void ask_list(struct bff_ask *ask)
{
    static const char *const paths[] = {"/a", "/it", "/b", "/it", "/b"};

    for (size_t i = 0; i < FLOW_COUNT(paths); i++)
        ask_get(ask, &service, paths[i]);
}

static void print_first(struct json_print *out, struct json list)
{
    json_each (item, list) {
        json_print_json(out, item);
        return;
    }
}

#define PAGE(rows)                                                                                 \
    {                                                                                              \
        .route = "GET /page/:id", .access = BFF_PUBLIC, .failure = "Failed",                       \
        .parts = BFF_TABLE(rows),                                                                  \
    }

static void parts_share_a_call(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "one", .ask = ask_it},
        {.name = "two", .ask = ask_it, .kind = BFF_LIST},
        {.name = "three", .ask = ask_it, .pick = "id"},
    };
    static const struct bff_composite page = PAGE(parts);
    static const struct flow_case cases[] = {
        {.why = "each judges the answer by its own row",
         .script = "/it 5 { \"id\" : 1, \"x\": 2 }",
         .trace = "0 ask /it; 5 end /it; 5 done",
         .body = "{\"one\":{ \"id\" : 1, \"x\": 2 },\"two\":[],\"three\":{\"id\":1},"
                 "\"partialFailure\":true,\"errors\":{\"two\":{\"reason\":\"bad_json\","
                 "\"status\":200}}}",
         .server_timing = "one;dur=5.0, two;dur=5.0;desc=\"bad_json\", three;dur=5.0"},
        {.why = "a failure is shared as well",
         .script = "/it 5 status 503",
         .trace = "0 ask /it; 5 end /it; 5 done",
         .body = "{\"one\":null,\"two\":[],\"three\":null,\"partialFailure\":true,\"errors\":{"
                 "\"one\":{\"reason\":\"status\",\"status\":503},"
                 "\"two\":{\"reason\":\"status\",\"status\":503},"
                 "\"three\":{\"reason\":\"status\",\"status\":503}}}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void another_service_or_header_is_another_call(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "one", .ask = ask_it},
        {.name = "two", .ask = ask_other},
        {.name = "three", .ask = ask_with_cookie},
        {.name = "four", .ask = ask_with_header_not_sent},
    };
    static const struct bff_composite page = PAGE(parts);

    flow_run(&page, "1", "/it 5 1");
    assert_int_equal(flow.asked, 3);
    assert_string_equal(flow.body, "{\"one\":1,\"two\":1,\"three\":1,\"four\":1}");
    flow_end_all();
}

static void a_part_with_its_own_breaker_shares_only_with_itself(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "one", .ask = ask_it},
        {.name = "own", .ask = ask_it, .has_breaker = true},
        {.name = "other", .ask = ask_it, .has_breaker = true},
        {.name = "list", .ask = ask_list, .many = 5, .has_breaker = true},
        {.name = "two", .ask = ask_it},
    };
    static const struct bff_composite page = PAGE(parts);

    flow_run(&page, "1", "/it 5 1; /a 5 2; /b 5 3");
    assert_int_equal(flow.asked, 6);
    assert_string_equal(flow.body,
                        "{\"one\":1,\"own\":1,\"other\":1,\"list\":[2,1,3,1,3],\"two\":1}");
    flow_end_all();
}

static void a_call_goes_on_while_somebody_waits(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "hasty", .ask = ask_it, .timeout_ms = 10},
        {.name = "patient", .ask = ask_it},
    };
    static const struct bff_composite page = PAGE(parts);
    static const struct flow_case cases[] = {
        {.why = "one has left",
         .script = "/it 20 1",
         .trace = "0 ask /it; 20 end /it; 20 done",
         .body = "{\"hasty\":null,\"patient\":1,\"partialFailure\":true,\"errors\":{\"hasty\":{"
                 "\"reason\":\"timeout\"}}}"},
        {.why = "both have left", .script = "", .trace = "0 ask /it; 1000 drop /it; 1000 done"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void ask_first(struct bff_ask *ask) { ask_get(ask, &service, "/first"); }

static void a_later_part_gets_what_is_known(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "first", .ask = ask_first},
        {.name = "it", .ask = ask_it, .timeout_ms = 10},
        {.name = "again", .ask = ask_it, .after = "first"},
    };
    static const struct bff_composite page = PAGE(parts);
    static const struct flow_case cases[] = {
        {.why = "its answer has come",
         .script = "/first 9 {}; /it 5 {\"n\":1}",
         .trace = "0 ask /first; 0 ask /it; 5 end /it; 9 end /first; 9 done",
         .body = "{\"first\":{},\"it\":{\"n\":1},\"again\":{\"n\":1}}",
         .server_timing = "first;dur=9.0, it;dur=5.0, again;dur=0.0"},
        {.why = "its answer is under way",
         .script = "/first 3 {}; /it 5 {\"n\":1}",
         .trace = "0 ask /first; 0 ask /it; 3 end /first; 5 end /it; 5 done",
         .server_timing = "first;dur=3.0, it;dur=5.0, again;dur=2.0"},
        {.why = "it was given up: that is no answer, it is asked for again",
         .script = "/first 30 {}; /it 15 {\"n\":1}",
         .trace = "0 ask /first; 0 ask /it; 10 drop /it; 30 end /first; 30 ask /it; 45 end /it; "
                  "45 done",
         .body = "{\"first\":{},\"it\":null,\"again\":{\"n\":1},\"partialFailure\":true,"
                 "\"errors\":{\"it\":{\"reason\":\"timeout\"}}}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void a_list_shares_within_and_without(void **state)
{
    static const struct bff_part parts[] = {
        {.name = "list", .ask = ask_list, .many = 5, .at_once = 1},
        {.name = "it", .ask = ask_it},
    };
    static const struct bff_field fields[] = {
        {.name = "first", .of = "list", .print = print_first},
    };
    static const struct bff_composite page = {.route = "GET /page/:id",
                                              .access = BFF_PUBLIC,
                                              .parts = BFF_TABLE(parts),
                                              .fields = BFF_TABLE(fields)};
    static const struct flow_case cases[] = {
        {.why = "one at a time; another part's call costs it nothing",
         .script = "/a 10 1; /it 15 {}; /b 10 [ 2 ]",
         .trace = "0 ask /a; 0 ask /it; 10 end /a; 10 ask /b; 15 end /it; 20 end /b; 20 done",
         .body = "{\"list\":[1,{},[ 2 ],{},[ 2 ]],\"it\":{},\"first\":1}"},
        {.why = "a field reads the list, failed items being null",
         .script = "/a 10 reset; /it 15 {}; /b 10 2",
         .body = "{\"list\":[null,{},2,{},2],\"it\":{},\"first\":null,\"partialFailure\":true,"
                 "\"errors\":{\"list[0]\":{\"reason\":\"reset\"}}}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_share_a_call),
        cmocka_unit_test(another_service_or_header_is_another_call),
        cmocka_unit_test(a_part_with_its_own_breaker_shares_only_with_itself),
        cmocka_unit_test(a_call_goes_on_while_somebody_waits),
        cmocka_unit_test(a_later_part_gets_what_is_known),
        cmocka_unit_test(a_list_shares_within_and_without),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
