/* Tests of a page with a required part: a failure of the required part ends the page with an error,
 * and a failure of an optional part does not. */
#include "tests/flow/flow.h"

static const struct bff_service products = {.name = "products"}, reviews = {.name = "reviews"},
                                stock = {.name = "inventory"};

static void ask_product(struct bff_ask *ask)
{
    ask_get(ask, &products, "/products");
    ask_segment(ask, ask_param(ask, "id"));
}

static void ask_reviews(struct bff_ask *ask)
{
    ask_get(ask, &reviews, "/reviews");
    ask_query(ask, "productId", ask_param(ask, "id"));
}

static void ask_stock(struct bff_ask *ask)
{
    ask_get(ask, &stock, "/inventory");
    ask_segment(ask, ask_param(ask, "id"));
}

static void print_count(struct json_print *out, struct json list)
{
    json_print_size(out, json_length(list));
}

static void print_quantity(struct json_print *out, struct json item)
{
    json_print_json(out, json_get(item, "quantity"));
}

static const struct bff_part parts[] = {
    {.name = "product",
     .ask = ask_product,
     .need = BFF_REQUIRED,
     .place = BFF_SPREAD,
     .pick = "id name price"},
    {.name = "reviews", .ask = ask_reviews, .place = BFF_HIDDEN, .kind = BFF_LIST},
    {.name = "inventory", .ask = ask_stock, .place = BFF_HIDDEN, .kind = BFF_OBJECT},
};

static const struct bff_field fields[] = {
    {.name = "reviewCount", .of = "reviews", .print = print_count},
    {.name = "stockQuantity", .of = "inventory", .print = print_quantity},
};

static const struct bff_composite page = {
    .route = "GET /api/products/:id",
    .failure = "Failed to fetch product details",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(parts),
    .fields = BFF_TABLE(fields),
};

#define PRODUCT "{\"id\":7,\"name\":\"Kettle\",\"price\":19.90,\"cost\":8}"
#define OTHERS "/reviews?productId=7 10 [1,2]; /inventory/7 20 {\"quantity\":12}"

static const struct flow_case the_answer_is_flat_and_in_the_order_of_the_rows_cases[] = {
    {.why = "all well",
     .param = "7",
     .script = "/products/7 30 " PRODUCT "; " OTHERS,
     .trace = "0 ask /products/7; 0 ask /reviews?productId=7; 0 ask /inventory/7; "
              "10 end /reviews?productId=7; 20 end /inventory/7; 30 end /products/7; 30 done",
     .body = "{\"id\":7,\"name\":\"Kettle\",\"price\":19.90,\"reviewCount\":2,"
             "\"stockQuantity\":12}",
     .server_timing = "product;dur=30.0, reviews;dur=10.0, inventory;dur=20.0",
     .proxy_status = "",
     .cache_control = "private, no-cache"},
    {.why = "what the service left out is left out",
     .param = "7",
     .script = "/products/7 30 {\"price\":1.10,\"id\":7}; " OTHERS,
     .body = "{\"id\":7,\"price\":1.10,\"reviewCount\":2,\"stockQuantity\":12}"},
    {.why = "nothing picked at all",
     .param = "7",
     .script = "/products/7 30 {}; " OTHERS,
     .body = "{\"reviewCount\":2,\"stockQuantity\":12}"},
    {.why = "of two members of a name the last counts",
     .param = "7",
     .script = "/products/7 0 {\"id\":1,\"\\u0069d\":2,\"name\":3,\"name\":4}; "
               "/reviews?productId=7 0 []; /inventory/7 0 {\"quantity\":1,\"quantity\":2}",
     .body = "{\"id\":2,\"name\":4,\"reviewCount\":0,\"stockQuantity\":2}"},
    {.why = "reviews are not known: null, not nought",
     .param = "7",
     .script = "/products/7 30 {\"id\":7}; /reviews?productId=7 5 status 500; "
               "/inventory/7 20 {\"quantity\":12}",
     .body = "{\"id\":7,\"reviewCount\":null,\"stockQuantity\":12,\"partialFailure\":true,"
             "\"errors\":{\"reviews\":{\"reason\":\"status\",\"status\":500}}}",
     .server_timing = "product;dur=30.0, reviews;dur=5.0;desc=\"status\", inventory;dur=20.0",
     .proxy_status = "bff-web; error=destination_unavailable; "
                     "details=\"reviews status\"",
     .cache_control = "no-store"},
    {.why = "no list of reviews, no object of stock",
     .param = "7",
     .script = "/products/7 0 {\"id\":7}; /reviews?productId=7 0 {}; /inventory/7 0 []",
     .body = "{\"id\":7,\"reviewCount\":null,\"stockQuantity\":null,\"partialFailure\":true,"
             "\"errors\":{\"reviews\":{\"reason\":\"bad_json\",\"status\":200},"
             "\"inventory\":{\"reason\":\"bad_json\",\"status\":200}}}"},
    {.why = "answers without content (204, 205) are their fallbacks, and no error",
     .param = "7",
     .script = "/products/7 0 {\"id\":7}; /reviews?productId=7 0 204; /inventory/7 0 205",
     .body = "{\"id\":7,\"reviewCount\":0,\"stockQuantity\":null}"},
};

static void the_answer_is_flat_and_in_the_order_of_the_rows(void **state)
{
    flow_check_all(&page, the_answer_is_flat_and_in_the_order_of_the_rows_cases,
                   FLOW_COUNT(the_answer_is_flat_and_in_the_order_of_the_rows_cases));
}

#define FAILED(reason)                                                                             \
    "{\"error\":\"Failed to fetch product details\",\"part\":\"product\",\"reason\":" reason       \
    ",\"requestId\":\"r-1\"}"
#define TRACE                                                                                      \
    "0 ask /products/7; 0 ask /reviews?productId=7; 0 ask /inventory/7; 5 end /products/7; "       \
    "5 drop /reviews?productId=7; 5 drop /inventory/7; 5 done"

static void a_required_part_ends_it_at_once(void **state)
{
    static const struct {
        const char *why, *outcome;
        int status;
        const char *body;
    } cases[] = {
        {"not found", "status 404", 404, FAILED("\"status\",\"status\":404")},
        {"it is broken", "status 500", 502, FAILED("\"status\",\"status\":500")},
        {"it moved", "status 301", 502, FAILED("\"status\",\"status\":301")},
        {"too slow", "timeout", 504, FAILED("\"timeout\"")},
        {"not there", "connect", 502, FAILED("\"connect\"")},
        {"gone half-way", "reset", 502, FAILED("\"reset\"")},
        {"too large", "too_large", 502, FAILED("\"too_large\"")},
        {"no HTTP", "bad_http", 502, FAILED("\"bad_http\"")},
        {"the breaker is open", "breaker_open", 503, FAILED("\"breaker_open\"")},
        {"too many calls", "limited", 503, FAILED("\"limited\"")},
        {"not JSON", "{\"id\":", 502, FAILED("\"bad_json\",\"status\":200")},
        {"no object", "[1]", 502, FAILED("\"bad_json\",\"status\":200")},
        {"null is no object", "null", 502, FAILED("\"bad_json\",\"status\":200")},
        {"nothing is not enough", "204", 502, FAILED("\"status\",\"status\":204")},
        {"nor is 205", "205", 502, FAILED("\"status\",\"status\":205")},
        {"an empty body neither", "empty", 502, FAILED("\"bad_json\",\"status\":200")},
    };
    int wrong = 0;

    for (size_t i = 0; i < FLOW_COUNT(cases); i++) {
        char script[256];
        snprintf(script, sizeof(script), "/products/7 5 %s; " OTHERS, cases[i].outcome);
        wrong += flow_check(&page, &(struct flow_case){
                                       .why = cases[i].why,
                                       .param = "7",
                                       .script = script,
                                       .trace = TRACE,
                                       .status = cases[i].status,
                                       .body = cases[i].body,
                                       .cache_control = "no-store",
                                   });
    }
    assert_int_equal(wrong, 0);
}

static void its_siblings_are_cancelled(void **state)
{
    static const struct flow_case cases[] = {
        {.why = "they have no reason of their own",
         .param = "7",
         .script = "/products/7 5 status 404; " OTHERS,
         .status = 404,
         .trace = TRACE,
         .server_timing = "product;dur=5.0;desc=\"status\", reviews;dur=5.0, inventory;dur=5.0",
         .proxy_status = "bff-web; error=destination_unavailable; "
                         "details=\"product status\""},
        {.why = "at the budget, without an answer",
         .param = "7",
         .script = "/products/7 0 hang; " OTHERS,
         .status = 504,
         .body = FAILED("\"timeout\""),
         .server_timing = "product;dur=1000.0;desc=\"timeout\", reviews;dur=10.0, "
                          "inventory;dur=20.0"},
        {.why = "an identifier that cannot be asked for",
         .param = "..",
         .script = OTHERS,
         .trace = "0 done",
         .status = 502,
         .body = FAILED("\"skipped\""),
         .server_timing = "product;dur=0.0;desc=\"skipped\", reviews;dur=0.0, inventory;dur=0.0"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void a_503_says_when_to_come_back(void **state)
{
    static const struct {
        const char *script, *want;
    } cases[] = {
        {"/products/7 0 breaker_open 7", "7"},
        {"/products/7 0 limited 1", "1"},
        {"/products/7 0 timeout", ""},
        {"/products/7 0 {}; " OTHERS, ""},
    };

    for (size_t i = 0; i < FLOW_COUNT(cases); i++) {
        flow_run(&page, "7", cases[i].script);
        assert_true(text_is(flow.answer.retry_after, cases[i].want));
        flow_end_all();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answer_is_flat_and_in_the_order_of_the_rows),
        cmocka_unit_test(a_required_part_ends_it_at_once),
        cmocka_unit_test(its_siblings_are_cancelled),
        cmocka_unit_test(a_503_says_when_to_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
