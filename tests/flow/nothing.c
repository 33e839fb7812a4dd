/* A part, or an item of a list, for which there is nothing to ask. */
#include "tests/flow/flow.h"

static const struct bff_service service = {.name = "service"};

static void ask_a(struct bff_ask *ask) { ask_get(ask, &service, "/a"); }

/* One call for each item of the list, which holds ids and nulls. */
static void ask_each(struct bff_ask *ask)
{
    json_each (id, ask_part(ask, "a")) {
        if (json_is(id, JSON_NULL)) {
            ask_nothing(ask);
            continue;
        }
        ask_get(ask, &service, "/each");
        ask_segment(ask, ask_text(ask, id));
    }
}

static void ask_first(struct bff_ask *ask)
{
    json_each (id, ask_part(ask, "a")) {
        ask_get(ask, &service, "/first");
        ask_segment(ask, ask_text(ask, id));
        return;
    }
    ask_nothing(ask);
}

static void ask_by_first(struct bff_ask *ask)
{
    struct json id = json_get(ask_part(ask, "first"), "id");

    ask_get(ask, &service, "/by");
    ask_segment(ask, json_is(id, JSON_NONE) ? TEXT("nobody") : ask_text(ask, id));
}

static void print_length(struct json_print *out, struct json part)
{
    json_print_size(out, json_length(part));
}

static void print_id(struct json_print *out, struct json part)
{
    json_print_json(out, json_get(part, "id"));
}

#define LIST                                                                                       \
    {                                                                                              \
        .name = "a", .ask = ask_a, .kind = BFF_LIST, .place = BFF_HIDDEN                           \
    }

static void an_item_keeps_its_place(void **state)
{
    static const struct bff_part parts[] = {
        LIST, {.name = "each", .ask = ask_each, .after = "a", .kind = BFF_OBJECT, .many = 3}};
    static const struct bff_field fields[] = {
        {.name = "length", .of = "each", .print = print_length}};
    static const struct bff_composite page = {.route = "GET /p/:id",
                                              .access = BFF_PUBLIC,
                                              .parts = BFF_TABLE(parts),
                                              .fields = BFF_TABLE(fields)};
    static const struct flow_case cases[] = {
        {.why = "in the middle",
         .script = "/a 0 [1,null,2]; /each/1 5 {\"n\":1}; /each/2 0 {\"n\":2}",
         .trace = "0 ask /a; 0 end /a; 0 ask /each/1; 0 ask /each/2; 0 end /each/2; "
                  "5 end /each/1; 5 done",
         .body = "{\"each\":[{\"n\":1},null,{\"n\":2}],\"length\":3}",
         .server_timing = "a;dur=0.0, each;dur=5.0",
         .proxy_status = "",
         .cache_control = "private, no-cache"},
        {.why = "at the ends, beside an item that fails",
         .script = "/a 0 [null,7,null]; /each/7 0 status 500",
         .body = "{\"each\":[null,null,null],\"length\":3,\"partialFailure\":true,\"errors\":{"
                 "\"each[1]\":{\"reason\":\"status\",\"status\":500}}}"},
        {.why = "an item that cannot be asked for is an error in its place",
         .script = "/a 0 [null,\"..\",2]; /each/2 0 {}",
         .body = "{\"each\":[null,null,{}],\"length\":3,\"partialFailure\":true,\"errors\":{"
                 "\"each[1]\":{\"reason\":\"skipped\"}}}"},
        {.why = "none of them asks anything",
         .script = "/a 0 [null,null]",
         .trace = "0 ask /a; 0 end /a; 0 done",
         .body = "{\"each\":[null,null],\"length\":2}"},
        {.why = "it counts as an item",
         .script = "/a 0 [null,null,null,null]",
         .body = "{\"each\":[],\"length\":null,\"partialFailure\":true,\"errors\":{"
                 "\"each\":{\"reason\":\"too_large\"}}}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void an_optional_part_is_its_fallback(void **state)
{
    static const struct bff_part parts[] = {
        LIST,
        {.name = "first", .ask = ask_first, .after = "a", .kind = BFF_OBJECT},
        {.name = "by", .ask = ask_by_first, .after = "first", .kind = BFF_ANY},
    };
    static const struct bff_field fields[] = {
        {.name = "firstId", .of = "first", .print = print_id}};
    static const struct bff_composite page = {.route = "GET /p/:id",
                                              .access = BFF_PUBLIC,
                                              .parts = BFF_TABLE(parts),
                                              .fields = BFF_TABLE(fields)};
    static const struct flow_case cases[] = {
        {.why = "there is something to ask",
         .script = "/a 0 [4]; /first/4 0 {\"id\":8}; /by/8 0 1",
         .body = "{\"first\":{\"id\":8},\"by\":1,\"firstId\":8}"},
        {.why = "there is nothing: what waits for it starts",
         .script = "/a 0 []; /by/nobody 3 2",
         .trace = "0 ask /a; 0 end /a; 0 ask /by/nobody; 3 end /by/nobody; 3 done",
         .body = "{\"first\":null,\"by\":2,\"firstId\":null}",
         .server_timing = "a;dur=0.0, first;dur=0.0, by;dur=3.0",
         .proxy_status = "",
         .cache_control = "private, no-cache"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void its_fallback_may_be_of_its_own(void **state)
{
    static const struct bff_part parts[] = {
        LIST,
        {.name = "first", .ask = ask_first, .after = "a", .fallback = "{\"id\":\"none\"}"},
        {.name = "by", .ask = ask_by_first, .after = "first", .kind = BFF_ANY},
    };
    static const struct bff_composite page = {
        .route = "GET /p/:id", .access = BFF_PUBLIC, .parts = BFF_TABLE(parts)};
    static const struct flow_case cases[] = {
        {.why = "what waits for it reads it",
         .script = "/a 0 []; /by/none 0 2",
         .body = "{\"first\":{\"id\":\"none\"},\"by\":2}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void a_required_part_is_skipped(void **state)
{
    static const struct bff_part parts[] = {LIST,
                                            {.name = "first",
                                             .ask = ask_first,
                                             .after = "a",
                                             .need = BFF_REQUIRED,
                                             .kind = BFF_OBJECT}};
    static const struct bff_composite page = {.route = "GET /p/:id",
                                              .access = BFF_PUBLIC,
                                              .failure = "Failed",
                                              .parts = BFF_TABLE(parts)};
    static const struct flow_case cases[] = {
        {.why = "without it there is no answer",
         .script = "/a 0 []",
         .status = 502,
         .body = "{\"error\":\"Failed\",\"part\":\"first\",\"reason\":\"skipped\","
                 "\"requestId\":\"r-1\"}",
         .server_timing = "a;dur=0.0, first;dur=0.0;desc=\"skipped\""},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void a_required_list_may_have_places_of_nothing(void **state)
{
    static const struct bff_part parts[] = {LIST,
                                            {.name = "each",
                                             .ask = ask_each,
                                             .after = "a",
                                             .need = BFF_REQUIRED,
                                             .kind = BFF_ANY,
                                             .many = 3}};
    static const struct bff_composite page = {.route = "GET /p/:id",
                                              .access = BFF_PUBLIC,
                                              .failure = "Failed",
                                              .parts = BFF_TABLE(parts)};
    static const struct flow_case cases[] = {
        {.why = "the list is there",
         .script = "/a 0 [null,1]; /each/1 0 1",
         .body = "{\"each\":[null,1]}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_item_keeps_its_place),
        cmocka_unit_test(an_optional_part_is_its_fallback),
        cmocka_unit_test(its_fallback_may_be_of_its_own),
        cmocka_unit_test(a_required_part_is_skipped),
        cmocka_unit_test(a_required_list_may_have_places_of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
