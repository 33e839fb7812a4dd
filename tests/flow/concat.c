/* A member with the items of several lists. */
#include "tests/flow/flow.h"

static const struct bff_service service = {.name = "service"};

static void ask_a(struct bff_ask *ask) { ask_get(ask, &service, "/a"); }
static void ask_b(struct bff_ask *ask) { ask_get(ask, &service, "/b"); }

static void ask_each(struct bff_ask *ask)
{
    static const char *const ids[] = {"1", "2"};

    for (size_t i = 0; i < FLOW_COUNT(ids); i++) {
        ask_get(ask, &service, "/each");
        ask_segment(ask, text_of(ids[i]));
    }
}

static void print_double(struct json_print *out, const struct json *values, size_t place)
{
    json_print_size(out, 2 * place);
}

static const struct bff_part parts[] = {
    {.name = "a", .ask = ask_a, .kind = BFF_LIST, .fallback = "[ \"none\" ]"},
    {.name = "b", .ask = ask_b, .place = BFF_HIDDEN, .kind = BFF_LIST},
    {.name = "each", .ask = ask_each, .many = 2, .pick = "id"},
};

static const struct bff_field fields[] = {
    {.name = "all", .concat = "b a each"},
    {.into = "each[].double", .of = "each", .print_all = print_double},
    {.name = "two", .concat = "a b"},
};

static const struct bff_composite page = {
    .route = "GET /api/page/:id",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(parts),
    .fields = BFF_TABLE(fields),
};

#define EACH "/each/1 1 {\"id\":1,\"x\":0}; /each/2 1 {\"x\":0,\"id\":2}"
#define ITEMS "{\"id\":1,\"double\":0},{\"id\":2,\"double\":2}"

static void the_items_of_all_lists(void **state)
{
    static const struct flow_case cases[] = {
        {.why = "in the order of .concat, byte for byte, as their own members have them",
         .script = "/a 1 [ 1.10 ,\n {\"a\" : [ ] } ]; /b 1 [\"b\",[]]; " EACH,
         .body = "{\"a\":[ 1.10 ,\n {\"a\" : [ ] } ],\"each\":[" ITEMS "],"
                 "\"all\":[\"b\",[],1.10 ,\n {\"a\" : [ ] }," ITEMS "],"
                 "\"two\":[1.10 ,\n {\"a\" : [ ] },\"b\",[]]}"},
        {.why = "an empty list adds nothing, and no comma",
         .script = "/a 1 [ \n ]; /b 1 []; " EACH,
         .body = "{\"a\":[ \n ],\"each\":[" ITEMS "],\"all\":[" ITEMS "],\"two\":[]}"},
        {.why = "a rejected list adds its fallback, a rejected item null",
         .script = "/a 1 status 500; /b 1 status 500; /each/1 1 status 500; "
                   "/each/2 1 {\"id\":2}",
         .body = "{\"a\":[ \"none\" ],\"each\":[null,{\"id\":2,\"double\":2}],"
                 "\"all\":[\"none\",null,{\"id\":2,\"double\":2}],\"two\":[\"none\"],"
                 "\"partialFailure\":true,\"errors\":{"
                 "\"a\":{\"reason\":\"status\",\"status\":500},"
                 "\"b\":{\"reason\":\"status\",\"status\":500},"
                 "\"each[0]\":{\"reason\":\"status\",\"status\":500}}}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

/* Long lists are not copied: pieces of them are cut. */
static void long_lists(void **state)
{
    static char script[8 * 1024];
    char item[600];

    memset(item, 'x', sizeof(item) - 1);
    item[sizeof(item) - 1] = '\0';
    snprintf(script, sizeof(script), "/a 1 [\"%s\",\"%s\"]; /b 1 [\"%s\",\"%s\",1]; " EACH, item,
             item, item, item);
    flow_run(&page, "1", script);
    struct json body = json_of(text_of(flow.body));
    assert_int_equal(json_length(json_get(body, "all")), 7);
    assert_int_equal(json_length(json_get(body, "two")), 5);
    assert_true(json_scan_accepts(flow.body, strlen(flow.body), 128));
    flow_end_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_items_of_all_lists),
        cmocka_unit_test(long_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
