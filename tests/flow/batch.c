/* A list part whose items are asked for by few calls: batches. */
#include "tests/flow/flow.h"

static const struct bff_service service = {.name = "service"};

static void ask_a(struct bff_ask *ask) { ask_get(ask, &service, "/a"); }

/* The list holds ids, and nulls for which there is nothing to ask. */
static void ask_items(struct bff_ask *ask)
{
    ask_batch(ask, &service, "/items", "ids", 3, "id");
    json_each (id, ask_part(ask, "a")) {
        if (json_is(id, JSON_NULL))
            ask_nothing(ask);
        else
            ask_batch_item(ask, ask_text(ask, id));
    }
}

static void print_length(struct json_print *out, struct json part)
{
    json_print_size(out, json_length(part));
}

static const struct bff_part parts[] = {
    {.name = "a", .ask = ask_a, .place = BFF_HIDDEN, .kind = BFF_LIST},
    {.name = "items", .ask = ask_items, .after = "a", .many = 8, .pick = "id name"},
};

static const struct bff_field fields[] = {
    {.name = "length", .of = "items", .print = print_length},
};

static const struct bff_composite page = {
    .route = "GET /api/page/:id",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(parts),
    .fields = BFF_TABLE(fields),
};

static const struct flow_case item_cases[] = {
    {.why = "one call; the items are in the order of the list, and only what is picked",
     .script = "/a 1 [\"p1\",2,\"p 3\"]; "
               "/items?ids=p1,2,p%203 5 [{\"id\":2,\"x\":1},{\"id\":\"p 3\"},"
               "{\"name\":\"one\",\"id\":\"p1\"}]",
     .trace = "0 ask /a; 1 end /a; 1 ask /items?ids=p1,2,p%203; 6 end /items?ids=p1,2,p%203; "
              "6 done",
     .server_timing = "a;dur=1.0, items;dur=5.0",
     .body = "{\"items\":[{\"id\":\"p1\",\"name\":\"one\"},{\"id\":2},{\"id\":\"p 3\"}],"
             "\"length\":3}"},
    {.why = "a number and a text with the same bytes are one item, asked for once; nothing to "
            "ask keeps its place",
     .script = "/a 1 [1,null,\"1\",2]; /items?ids=1,2 5 [{\"id\":\"2\"},{\"id\":1}]",
     .body = "{\"items\":[{\"id\":1},null,{\"id\":1},{\"id\":\"2\"}],\"length\":4}"},
    {.why = "the items that do not fit into one call are asked for by another, at the same time",
     .script = "/a 1 [1,2,1,3,4,2]; /items?ids=1,2,3 5 [{\"id\":1},{\"id\":2},{\"id\":3}]; "
               "/items?ids=4 9 [{\"id\":4}]",
     .trace = "0 ask /a; 1 end /a; 1 ask /items?ids=1,2,3; 1 ask /items?ids=4; "
              "6 end /items?ids=1,2,3; 10 end /items?ids=4; 10 done",
     .body = "{\"items\":[{\"id\":1},{\"id\":2},{\"id\":1},{\"id\":3},{\"id\":4},{\"id\":2}],"
             "\"length\":6}"},
    {.why = "the last of two objects with one id counts; an object without an id is nobody's",
     .script = "/a 1 [1]; /items?ids=1 5 [{\"id\":1,\"name\":\"a\"},{},7,"
               "{\"id\":1,\"name\":\"b\"}]",
     .body = "{\"items\":[{\"id\":1,\"name\":\"b\"}],\"length\":1}"},
    {.why = "an item that the answer does not have is not found",
     .script = "/a 1 [1,2]; /items?ids=1,2 5 [{\"id\":2}]",
     .cache_control = "no-store",
     .proxy_status = "bff-web; error=destination_unavailable; details=\"items status\"",
     .body = "{\"items\":[null,{\"id\":2}],\"length\":2,\"partialFailure\":true,\"errors\":{"
             "\"items[0]\":{\"reason\":\"status\",\"status\":404}}}"},
    {.why = "an answer that is no list has no item",
     .script = "/a 1 [1,2]; /items?ids=1,2 5 {\"id\":1}",
     .body = "{\"items\":[null,null],\"length\":2,\"partialFailure\":true,\"errors\":{"
             "\"items[0]\":{\"reason\":\"bad_json\",\"status\":200},"
             "\"items[1]\":{\"reason\":\"bad_json\",\"status\":200}}}"},
    {.why = "a call that fails takes its items with it, and no others",
     .script = "/a 1 [1,2,3,4]; /items?ids=1,2,3 5 status 500; /items?ids=4 5 [{\"id\":4}]",
     .body = "{\"items\":[null,null,null,{\"id\":4}],\"length\":4,\"partialFailure\":true,"
             "\"errors\":{\"items[0]\":{\"reason\":\"status\",\"status\":500},"
             "\"items[1]\":{\"reason\":\"status\",\"status\":500},"
             "\"items[2]\":{\"reason\":\"status\",\"status\":500}}}"},
    {.why = "texts that are no item are skipped, and the others asked for",
     .script = "/a 1 [\"a,b\",\"\",{},\"a\\u0000b\",\"a/b\"]; "
               "/items?ids=a%2Fb 5 [{\"id\":\"a\\/b\"}]",
     .body = "{\"items\":[null,null,null,null,{\"id\":\"a\\/b\"}],\"length\":5,"
             "\"partialFailure\":true,\"errors\":{\"items[0]\":{\"reason\":\"skipped\"},"
             "\"items[1]\":{\"reason\":\"skipped\"},\"items[2]\":{\"reason\":\"skipped\"},"
             "\"items[3]\":{\"reason\":\"skipped\"}}}"},
    {.why = "no item, no call",
     .script = "/a 1 []",
     .trace = "0 ask /a; 1 end /a; 1 done",
     .body = "{\"items\":[],\"length\":0}"},
    {.why = "more items than .many",
     .script = "/a 1 [1,1,1,1,1,1,1,1,1]",
     .body = "{\"items\":[],\"length\":null,\"partialFailure\":true,"
             "\"errors\":{\"items\":{\"reason\":\"too_large\"}}}"},
    {.why = "an item that is no object is of the wrong kind when it must be one; a call that "
            "hangs is late for all",
     .script = "/a 1 [1,2,3,4]; /items?ids=1,2,3 5 hang; /items?ids=4 5 [{\"id\":4}]",
     .body = "{\"items\":[null,null,null,{\"id\":4}],\"length\":4,\"partialFailure\":true,"
             "\"errors\":{\"items[0]\":{\"reason\":\"timeout\"},"
             "\"items[1]\":{\"reason\":\"timeout\"},\"items[2]\":{\"reason\":\"timeout\"}}}"},
};

static void an_answer_becomes_items(void **state)
{
    flow_check_all(&page, item_cases, FLOW_COUNT(item_cases));
}

/* A list inside the answer, more parameters, and a batch behind another call. */

static void ask_more(struct bff_ask *ask)
{
    ask_get(ask, &service, "/first");
    ask_batch(ask, &service, "/items?full=1", "id", 2, "data.list[].key");
    ask_query(ask, "lang", TEXT("en"));
    ask_batch_item(ask, TEXT("x"));
    ask_batch_item(ask, TEXT("y"));
    ask_batch(ask, &service, "/others", "id", 2, "id");
    ask_segment(ask, ask_param(ask, "id"));
    ask_batch_item(ask, TEXT("z"));
    ask_get(ask, &service, "/last");
}

static const struct bff_part more_parts[] = {
    {.name = "items", .ask = ask_more, .many = 5, .kind = BFF_ANY},
};

static const struct bff_composite more = {
    .route = "GET /api/more/:id",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(more_parts),
};

static void a_batch_is_one_of_several_calls(void **state)
{
    static const struct flow_case cases[] = {
        {.why = "the list is a member of a member",
         .script = "/first 1 1; /last 1 2; /others/1?id=z 1 [{\"id\":\"z\"}]; "
                   "/items?full=1&lang=en&id=x,y 1 {\"data\":{\"list\":[{\"key\":\"y\"},"
                   "{\"key\":\"x\"}]}}",
         .body = "{\"items\":[1,{\"key\":\"x\"},{\"key\":\"y\"},{\"id\":\"z\"},2]}"},
        {.why = "a text that cannot be sent leaves its batch out",
         .param = "..",
         .script = "/first 1 1; /last 1 2; /items?full=1&lang=en&id=x,y 1 {}",
         .body = "{\"items\":[1,null,null,null,2],\"partialFailure\":true,\"errors\":{"
                 "\"items[1]\":{\"reason\":\"bad_json\",\"status\":200},"
                 "\"items[2]\":{\"reason\":\"bad_json\",\"status\":200},"
                 "\"items[3]\":{\"reason\":\"skipped\"}}}"},
    };

    flow_check_all(&more, cases, FLOW_COUNT(cases));
}

/* Many items. */

static void ask_thousand(struct bff_ask *ask)
{
    ask_batch(ask, &service, "/items", "ids", 1000, "id");
    for (unsigned i = 0; i < 1000; i++)
        ask_batch_item(ask, pool_print(ask->pool, "item-with-a-long-name-%u", i % 500));
}

static const struct bff_part thousand_parts[] = {
    {.name = "items", .ask = ask_thousand, .many = 1000, .kind = BFF_ANY},
};

static const struct bff_composite thousand = {
    .route = "GET /api/thousand/:id",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(thousand_parts),
};

static void a_target_is_not_longer_than_servers_allow(void **state)
{
    flow_begin(&thousand, "1", "");
    assert_in_range(flow.asked, 3, 8);
    for (size_t i = 0; i < flow.under_way; i++)
        assert_in_range(flow.calls[i].fetch->ask->target.len, 1000, 4000);
    flow_play(60 * 1000);
    flow_end_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_becomes_items),
        cmocka_unit_test(a_batch_is_one_of_several_calls),
        cmocka_unit_test(a_target_is_not_longer_than_servers_allow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
