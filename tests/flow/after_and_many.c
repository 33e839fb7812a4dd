/* Tests of parts that wait for another part, and of parts that are lists of calls. */
#include "tests/flow/flow.h"

static const struct bff_service users = {.name = "users"}, products = {.name = "products"},
                                orders = {.name = "orders"};

static void ask_order(struct bff_ask *ask)
{
    ask_get(ask, &orders, "/orders");
    ask_segment(ask, ask_param(ask, "orderId"));
}

static void ask_user(struct bff_ask *ask)
{
    ask_get(ask, &users, "/users");
    ask_segment(ask, ask_text(ask, json_get(ask_part(ask, "order"), "userId")));
}

static void ask_products(struct bff_ask *ask)
{
    json_each (item, json_get(ask_part(ask, "order"), "items")) {
        ask_get(ask, &products, "/products");
        ask_segment(ask, ask_text(ask, json_get(item, "productId")));
    }
}

static const struct bff_part parts[] = {
    {.name = "order", .ask = ask_order, .need = BFF_REQUIRED, .kind = BFF_OBJECT},
    {.name = "user", .ask = ask_user, .after = "order"},
    {.name = "products", .ask = ask_products, .after = "order", .many = 50, .pick = "id name"},
};

static const struct bff_composite page = {
    .route = "GET /api/checkout/:orderId",
    .failure = "Failed to load checkout",
    .access = BFF_OWNER,
    .owner = "order.userId",
    .budget_ms = 1500,
    .is_stamped = true,
    .parts = BFF_TABLE(parts),
};

#define ORDER "{\"userId\":\"u9\",\"items\":[{\"productId\":\"a\"},{\"productId\":\"b\"}]}"
#define STAMP(is_partial) ",\"loadedAt\":\"" FLOW_LOADED_AT "\",\"partialFailure\":" is_partial
#define A "/products/a 20 {\"name\":\"Ant\",\"id\":\"a\",\"cost\":1}; "
#define B "/products/b 10 {\"id\":\"b\",\"name\":\"Bee\"}; "
#define ANT "{\"id\":\"a\",\"name\":\"Ant\"}"
#define BEE "{\"id\":\"b\",\"name\":\"Bee\"}"
#define USER "/users/u9 50 {\"id\":\"u9\"}; "

static void the_rest_waits_for_the_order(void **state)
{
    static const struct flow_case cases[] = {
        {.why = "then it starts together",
         .script = "/orders/1 80 " ORDER "; " USER A B,
         .trace = "0 ask /orders/1; 80 end /orders/1; 80 ask /users/u9; 80 ask /products/a; "
                  "80 ask /products/b; 90 end /products/b; 100 end /products/a; "
                  "130 end /users/u9; 130 done",
         .body = "{\"order\":" ORDER ",\"user\":{\"id\":\"u9\"},\"products\":[" ANT "," BEE
                 "]" STAMP("false") "}",
         .server_timing = "order;dur=80.0, user;dur=50.0, products;dur=20.0"},
        {.why = "without it there is nothing",
         .script = "/orders/1 80 status 404; " USER A B,
         .trace = "0 ask /orders/1; 80 end /orders/1; 80 done",
         .status = 404,
         .body = "{\"error\":\"Failed to load checkout\",\"part\":\"order\",\"reason\":\"status\","
                 "\"status\":404,\"requestId\":\"r-1\"}",
         .server_timing = "order;dur=80.0;desc=\"status\", user;dur=0.0, products;dur=0.0"},
        {.why = "what has not even been asked at the budget is a timeout too",
         .script = "/orders/1 0 hang",
         .trace = "0 ask /orders/1; 1500 drop /orders/1; 1500 done",
         .status = 504,
         .server_timing = "order;dur=1500.0;desc=\"timeout\", user;dur=0.0;desc=\"timeout\", "
                          "products;dur=0.0;desc=\"timeout\""},
        {.why = "the budget counts from the beginning",
         .script = "/orders/1 1400 " ORDER "; " A,
         .body = "{\"order\":" ORDER ",\"user\":null,\"products\":[" ANT ",null]" STAMP(
             "true") ",\"errors\":{\"user\":{\"reason\":\"timeout\"},\"products[1]\":{\"reason\":"
                     "\"timeout\"}}}",
         .server_timing = "order;dur=1400.0, user;dur=100.0;desc=\"timeout\", "
                          "products;dur=100.0;desc=\"timeout\""},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void an_order_may_lack_what_is_asked_with(void **state)
{
    static const struct flow_case cases[] = {
        {.why = "no user, no items",
         .script = "/orders/1 5 {}",
         .trace = "0 ask /orders/1; 5 end /orders/1; 5 done",
         .body = "{\"order\":{},\"user\":null,\"products\":[]" STAMP(
             "true") ",\"errors\":{\"user\":{\"reason\":\"skipped\"}}}",
         .proxy_status = "bff-web; error=proxy_internal_response; details=\"user skipped\""},
        {.why = "a number's digits are as written",
         .script = "/orders/1 5 {\"userId\":9007199254740993,\"items\":[]}; "
                   "/users/9007199254740993 5 {}",
         .body = "{\"order\":{\"userId\":9007199254740993,\"items\":[]},\"user\":{},\"products\":["
                 "]" STAMP("false") "}"},
        {.why = "of two members of a name the last counts",
         .script = "/orders/1 5 {\"userId\":\"x\",\"userId\":\"u9\"}; " USER,
         .body = "{\"order\":{\"userId\":\"x\",\"userId\":\"u9\"},\"user\":{\"id\":\"u9\"},"
                 "\"products\":[]" STAMP("false") "}"},
        {.why = "an item without a product, and one whose name is none",
         .script = "/orders/1 5 {\"userId\":\"u9\",\"items\":[{},{\"productId\":\"a\"},"
                   "{\"productId\":\"..\"}]}; " USER A,
         .body = "{\"order\":{\"userId\":\"u9\",\"items\":[{},{\"productId\":\"a\"},"
                 "{\"productId\":\"..\"}]},\"user\":{\"id\":\"u9\"},\"products\":[null," ANT
                 ",null]" STAMP("true") ",\"errors\":{\"products[0]\":{\"reason\":\"skipped\"},"
                                        "\"products[2]\":{\"reason\":\"skipped\"}}}",
         .server_timing = "order;dur=5.0, user;dur=50.0, products;dur=20.0;desc=\"skipped\""},
        {.why = "what it holds stays one segment",
         .script = "/orders/1 5 {\"userId\":\"a/b?c#d%2f\"}; /users/a%2Fb%3Fc%23d%252f 5 {}",
         .body = "{\"order\":{\"userId\":\"a/b?c#d%2f\"},\"user\":{},\"products\":[]" STAMP(
             "false") "}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void an_item_that_fails_is_null_in_its_place(void **state)
{
    static const struct flow_case cases[] = {
        {.why = "one of two",
         .script = "/orders/1 0 " ORDER "; /products/a 4 status 500; " USER B,
         .body = "{\"order\":" ORDER ",\"user\":{\"id\":\"u9\"},\"products\":[null," BEE "]" STAMP(
             "true") ",\"errors\":{\"products[0]\":{\"reason\":\"status\",\"status\":500}}}",
         .server_timing = "order;dur=0.0, user;dur=50.0, products;dur=10.0;desc=\"status\"",
         .proxy_status = "bff-web; error=destination_unavailable; "
                         "details=\"products status\"",
         .cache_control = "no-store"},
        {.why = "no object to pick from",
         .script = "/orders/1 0 " ORDER "; /products/a 4 [1]; " USER B,
         .body = "{\"order\":" ORDER ",\"user\":{\"id\":\"u9\"},\"products\":[null," BEE "]" STAMP(
             "true") ",\"errors\":{\"products[0]\":{\"reason\":\"bad_json\",\"status\":200}}}"},
        {.why = "an empty one is null without an error",
         .script = "/orders/1 0 " ORDER "; /products/a 4 204; " USER B,
         .body = "{\"order\":" ORDER ",\"user\":{\"id\":\"u9\"},\"products\":[null," BEE
                 "]" STAMP("false") "}"},
        {.why = "a shared one is asked for once, and fails at every place",
         .script = "/orders/1 0 {\"userId\":\"u9\",\"items\":[{\"productId\":\"a\"},{\"productId\":"
                   "\"b\"},{\"productId\":\"a\"}]}; /products/a 4 reset; " USER B,
         .trace = "0 ask /orders/1; 0 end /orders/1; 0 ask /users/u9; 0 ask /products/a; "
                  "0 ask /products/b; 4 end /products/a; 10 end /products/b; 50 end /users/u9; "
                  "50 done",
         .body = "{\"order\":{\"userId\":\"u9\",\"items\":[{\"productId\":\"a\"},{\"productId\":"
                 "\"b\"},{\"productId\":\"a\"}]},\"user\":{\"id\":\"u9\"},\"products\":[null," BEE
                 ",null]" STAMP("true") ",\"errors\":{\"products[0]\":{\"reason\":\"reset\"},"
                                        "\"products[2]\":{\"reason\":\"reset\"}}}"},
        {.why = "a shared one that is well is repeated",
         .script = "/orders/1 0 {\"userId\":\"u9\",\"items\":[{\"productId\":\"a\"},{\"productId\":"
                   "\"a\"}]}; " USER A,
         .body =
             "{\"order\":{\"userId\":\"u9\",\"items\":[{\"productId\":\"a\"},{\"productId\":"
             "\"a\"}]},\"user\":{\"id\":\"u9\"},\"products\":[" ANT "," ANT "]" STAMP("false") "}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

/* An order of ${count} items, each of another product; all take 10 ms. */
static const char *big_order(size_t count)
{
    static char script[8 * 1024];
    size_t len = (size_t)sprintf(script, "/orders/1 0 {\"userId\":\"u9\",\"items\":[");

    for (size_t i = 0; i < count; i++)
        len += (size_t)sprintf(script + len, "%s{\"productId\":%zu}", i == 0 ? "" : ",", i);
    len += (size_t)sprintf(script + len, "]}; /users/u9 0 {}");
    for (size_t i = 0; i < count; i++)
        len += (size_t)sprintf(script + len, "; /products/%zu 10 {\"id\":%zu}", i, i);
    return script;
}

static void at_most_eight_are_asked_at_once(void **state)
{
    static const struct {
        size_t items, most;
        int64_t took_ms;
    } cases[] = {{1, 1, 10}, {7, 7, 10}, {8, 8, 10}, {9, 8, 20}, {16, 8, 20}, {50, 8, 70}};

    for (size_t i = 0; i < FLOW_COUNT(cases); i++) {
        flow_begin(&page, "1", big_order(cases[i].items));
        flow_play(0);
        flow.under_way_most = flow.under_way; /* the order and the user are through */
        flow_play(10 * 1000);
        assert_int_equal(flow.done, 1);
        assert_int_equal(flow.under_way_most, cases[i].most);
        assert_int_equal(flow.asked, cases[i].items + 2);
        assert_int_equal(flow.now_ns, cases[i].took_ms * CLOCK_MS);
        flow_end_all();
    }
}

static void a_list_that_is_too_long_is_not_asked_for(void **state)
{
    const char *script = big_order(51);
    const char *order_end = strstr(script, "; /users");
    char body[4096];

    snprintf(body, sizeof(body),
             "{\"order\":%.*s,\"user\":{},\"products\":[]" STAMP(
                 "true") ",\"errors\":{\"products\":{\"reason\":\"too_large\"}}}",
             (int)(order_end - script) - (int)strlen("/orders/1 0 "), strchr(script, '{'));
    assert_int_equal(flow_check(&page,
                                &(struct flow_case){
                                    .why = "51 items",
                                    .script = script,
                                    .trace = "0 ask /orders/1; 0 end /orders/1; 0 ask /users/u9; "
                                             "0 end /users/u9; 0 done",
                                    .body = body,
                                    .server_timing = "order;dur=0.0, user;dur=0.0, "
                                                     "products;dur=0.0;desc=\"too_large\"",
                                }),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rest_waits_for_the_order),
        cmocka_unit_test(an_order_may_lack_what_is_asked_with),
        cmocka_unit_test(an_item_that_fails_is_null_in_its_place),
        cmocka_unit_test(at_most_eight_are_asked_at_once),
        cmocka_unit_test(a_list_that_is_too_long_is_not_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
