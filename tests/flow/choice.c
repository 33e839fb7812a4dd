/* Parts that are left out: by .when, and because the client has not chosen them. */
#include "tests/flow/flow.h"

static const struct bff_service service = {.name = "service"};

static void ask_a(struct bff_ask *ask) { ask_get(ask, &service, "/a"); }
static void ask_b(struct bff_ask *ask) { ask_get(ask, &service, "/b"); }
static void ask_h(struct bff_ask *ask) { ask_get(ask, &service, "/h"); }

/* Asks by the value of the part before: "/c/1" when there is none. */
static void ask_c(struct bff_ask *ask)
{
    struct json id = json_get(ask_part(ask, "b"), "id");

    ask_get(ask, &service, "/c");
    ask_segment(ask, json_is(id, JSON_NONE) ? TEXT("1") : ask_text(ask, id));
}

static void ask_each(struct bff_ask *ask)
{
    json_each (id, ask_part(ask, "a")) {
        ask_get(ask, &service, "/each");
        ask_segment(ask, ask_text(ask, id));
    }
}

static bool a_has_items(struct bff_ask *ask) { return json_length(ask_part(ask, "a")) > 0; }
static bool is_not_2(struct bff_ask *ask) { return !text_is(ask_param(ask, "id"), "2"); }

static void print_id(struct json_print *out, struct json part)
{
    json_print_json(out, json_get(part, "id"));
}

static void print_length(struct json_print *out, struct json part)
{
    json_print_size(out, json_length(part));
}

/* .when. */

static const struct bff_part when_parts[] = {
    {.name = "a", .ask = ask_a, .kind = BFF_LIST},
    {.name = "b",
     .ask = ask_b,
     .after = "a",
     .when = a_has_items,
     .fallback = "{\"id\":9}",
     .pick = "id"},
    {.name = "c", .ask = ask_c, .after = "b", .kind = BFF_OBJECT},
    {.name = "each", .ask = ask_each, .after = "a", .when = is_not_2, .many = 3, .fallback = "[0]"},
    {.name = "h", .ask = ask_h, .when = is_not_2, .need = BFF_REQUIRED, .pick = "id"},
};

static const struct bff_field when_fields[] = {
    {.name = "bId", .of = "b", .print = print_id},
    {.name = "eachLength", .of = "each", .print = print_length},
};

static const struct bff_composite when_page = {
    .route = "GET /api/when/:id",
    .failure = "Failed",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(when_parts),
    .fields = BFF_TABLE(when_fields),
};

static void a_condition_leaves_a_part_out(void **state)
{
    static const struct flow_case cases[] = {
        {.why = "all conditions hold",
         .script = "/a 10 [7]; /b 10 {\"id\":3}; /c/3 10 {}; /each/7 10 {}; /h 10 {\"id\":1}",
         .trace = "0 ask /a; 0 ask /h; 10 end /a; 10 ask /b; 10 ask /each/7; 10 end /h; "
                  "20 end /b; 20 ask /c/3; 20 end /each/7; 30 end /c/3; 30 done",
         .body = "{\"a\":[7],\"b\":{\"id\":3},\"c\":{},\"each\":[{}],\"h\":{\"id\":1},"
                 "\"bId\":3,\"eachLength\":1}"},
        {.why = "its fallback takes its place, also for those who wait for it, and it is no error",
         .script = "/a 10 []; /c/9 10 {\"x\":1}; /h 5 {\"id\":1}",
         .trace = "0 ask /a; 0 ask /h; 5 end /h; 10 end /a; 10 ask /c/9; 20 end /c/9; 20 done",
         .server_timing = "a;dur=10.0, b;dur=0.0, c;dur=10.0, each;dur=0.0, h;dur=5.0",
         .cache_control = "private, no-cache",
         .body = "{\"a\":[],\"b\":{\"id\":9},\"c\":{\"x\":1},\"each\":[],\"h\":{\"id\":1},"
                 "\"bId\":9,\"eachLength\":0}"},
        {.why = "a list has its fallback, and a required part does not fail",
         .param = "2",
         .script = "/a 10 [7]; /b 10 {\"id\":3}; /c/3 10 {}",
         .body = "{\"a\":[7],\"b\":{\"id\":3},\"c\":{},\"each\":[0],\"h\":null,\"bId\":3,"
                 "\"eachLength\":1}"},
        {.why = "it is not evaluated when the part cannot start: then the part is skipped",
         .script = "/a 10 status 500; /h 10 {\"id\":1}",
         .body = "{\"a\":[],\"b\":{\"id\":9},\"c\":null,\"each\":[0],\"h\":{\"id\":1},"
                 "\"bId\":null,\"eachLength\":null,\"partialFailure\":true,\"errors\":{"
                 "\"a\":{\"reason\":\"status\",\"status\":500},\"b\":{\"reason\":\"skipped\"},"
                 "\"c\":{\"reason\":\"skipped\"},\"each\":{\"reason\":\"skipped\"}}}"},
    };

    flow_check_all(&when_page, cases, FLOW_COUNT(cases));
}

/* Choice. */

static void print_both(struct json_print *out, const struct json *values, size_t place)
{
    json_print_size(out, json_length(values[0]) + json_length(values[1]));
}

static const struct bff_part choice_parts[] = {
    {.name = "must", .ask = ask_h, .need = BFF_REQUIRED, .pick = "id"},
    {.name = "a", .ask = ask_a, .kind = BFF_LIST},
    {.name = "b", .ask = ask_b, .place = BFF_SPREAD, .pick = "id x"},
    {.name = "c", .ask = ask_c, .after = "b", .kind = BFF_OBJECT},
    {.name = "hidden", .ask = ask_each, .after = "a", .place = BFF_HIDDEN, .many = 3},
};

static const struct bff_field choice_fields[] = {
    {.name = "hiddenLength", .of = "hidden", .print = print_length},
    {.name = "both", .of = "a hidden", .print_all = print_both},
    {.name = "mustId", .of = "must", .print = print_id},
    {.into = "c.length", .of = "c hidden", .print_all = print_both},
};

static const struct bff_composite choice_page = {
    .route = "GET /api/choice/:id",
    .failure = "Failed",
    .access = BFF_PUBLIC,
    .may_choose = true,
    .parts = BFF_TABLE(choice_parts),
    .fields = BFF_TABLE(choice_fields),
};

#define SCRIPT                                                                                     \
    "/h 1 {\"id\":1}; /a 2 [7,8]; /b 3 {\"id\":3,\"x\":4}; /c/3 4 {\"y\":5}; /each/7 5 {}; "       \
    "/each/8 6 {}"

static const struct flow_case choice_cases[] = {
    {.why = "without a choice, everything",
     .script = SCRIPT,
     .body = "{\"must\":{\"id\":1},\"a\":[7,8],\"id\":3,\"x\":4,\"c\":{\"y\":5,\"length\":2},"
             "\"hiddenLength\":2,\"both\":4,\"mustId\":1}"},
    {.why = "a part, and a required part with its computed member; no other part is called",
     .choose = "b",
     .script = SCRIPT,
     .trace = "0 ask /h; 0 ask /b; 1 end /h; 3 end /b; 3 done",
     .server_timing = "must;dur=1.0, b;dur=3.0",
     .body = "{\"must\":{\"id\":1},\"id\":3,\"x\":4,\"mustId\":1}"},
    {.why = "a part for which the chosen one waits is called and not shown; and so is what a "
            "member in it reads",
     .choose = "c",
     .script = SCRIPT,
     .trace = "0 ask /h; 0 ask /a; 0 ask /b; 1 end /h; 2 end /a; 2 ask /each/7; "
              "2 ask /each/8; 3 end /b; 3 ask /c/3; 7 end /each/7; 7 end /c/3; 8 end /each/8; "
              "8 done",
     .body = "{\"must\":{\"id\":1},\"c\":{\"y\":5,\"length\":2},\"mustId\":1}"},
    {.why = "a member is there when its visible parts are, and calls the hidden ones",
     .choose = "a",
     .script = SCRIPT,
     .server_timing = "must;dur=1.0, a;dur=2.0, hidden;dur=6.0",
     .body = "{\"must\":{\"id\":1},\"a\":[7,8],\"both\":4,\"mustId\":1}"},
    {.why = "a computed member can be named; its parts are not shown",
     .choose = "hiddenLength,mustId,hiddenLength",
     .script = SCRIPT,
     .body = "{\"must\":{\"id\":1},\"hiddenLength\":2,\"mustId\":1}"},
    {.why = "a part that is called and not shown can fail",
     .choose = "hiddenLength",
     .script = "/h 1 {\"id\":1}; /a 2 status 500",
     .proxy_status = "bff-web; error=destination_unavailable; details=\"a status\", "
                     "bff-web; error=proxy_internal_response; details=\"hidden skipped\"",
     .body = "{\"must\":{\"id\":1},\"hiddenLength\":null,\"mustId\":1,\"partialFailure\":true,"
             "\"errors\":{\"a\":{\"reason\":\"status\",\"status\":500},"
             "\"hidden\":{\"reason\":\"skipped\"}}}"},
};

static void a_client_gets_what_it_has_chosen(void **state)
{
    flow_check_all(&choice_page, choice_cases, FLOW_COUNT(choice_cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_condition_leaves_a_part_out),
        cmocka_unit_test(a_client_gets_what_it_has_chosen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
