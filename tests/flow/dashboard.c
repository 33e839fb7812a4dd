/* Tests of a page with four optional parts: the page is always sent, even when any of the parts
 * fail. */
#include "tests/flow/flow.h"

static const struct bff_service users = {.name = "users"}, orders = {.name = "orders"},
                                tips = {.name = "recommendations"},
                                notes = {.name = "notifications"};

static void ask_user(struct bff_ask *ask)
{
    ask_get(ask, &users, "/users");
    ask_segment(ask, ask_param(ask, "userId"));
}

static void ask_orders(struct bff_ask *ask)
{
    ask_get(ask, &orders, "/orders");
    ask_query(ask, "userId", ask_param(ask, "userId"));
    ask_query_number(ask, "limit", 5);
}

static void ask_tips(struct bff_ask *ask)
{
    ask_get(ask, &tips, "/recommendations");
    ask_segment(ask, ask_param(ask, "userId"));
}

static void ask_notes(struct bff_ask *ask)
{
    ask_get(ask, &notes, "/notifications");
    ask_segment(ask, ask_param(ask, "userId"));
    ask_query(ask, "unread", TEXT("true"));
}

static const struct bff_part parts[] = {
    {.name = "user", .ask = ask_user},
    {.name = "recentOrders", .ask = ask_orders, .fallback = "[]"},
    {.name = "recommendations", .ask = ask_tips, .fallback = "[]"},
    {.name = "unreadNotifications", .ask = ask_notes, .fallback = "[]"},
};

static const struct bff_composite page = {
    .route = "GET /api/dashboard/:userId",
    .access = BFF_OWNER,
    .owner = "userId",
    .is_stamped = true,
    .parts = BFF_TABLE(parts),
};

/* What each part is asked, has when all is well, and leaves behind else. */
static const struct {
    const char *name, *target, *value, *fallback;
} rows[] = {
    {"user", "/users/u1", "{ \"id\": \"u1\", \"balance\": 12345678901234567890 }", "null"},
    {"recentOrders", "/orders?userId=u1&limit=5", "[{\"id\":\"o1\",\"total\":1.10}]", "[]"},
    {"recommendations", "/recommendations/u1", "[\"p1\",\"p2\"]", "[]"},
    {"unreadNotifications", "/notifications/u1?unread=true", "[]", "[]"},
};

#define PARTS FLOW_COUNT(rows)

/* How a part fails, and what is said of it. */
static const struct {
    const char *outcome, *error, *desc, *proxy;
} faults[] = {
    {"timeout", "{\"reason\":\"timeout\"}", "timeout", "http_response_timeout"},
    {"connect", "{\"reason\":\"connect\"}", "connect", "connection_refused"},
    {"reset", "{\"reason\":\"reset\"}", "reset", "connection_terminated"},
    {"status 404", "{\"reason\":\"status\",\"status\":404}", "status", "destination_unavailable"},
    {"status 500", "{\"reason\":\"status\",\"status\":500}", "status", "destination_unavailable"},
    {"too_large", "{\"reason\":\"too_large\"}", "too_large", "http_response_body_size"},
    {"bad_http", "{\"reason\":\"bad_http\"}", "bad_http", "http_protocol_error"},
    {"[1,]", "{\"reason\":\"bad_json\",\"status\":200}", "bad_json", "http_protocol_error"},
    {"breaker_open", "{\"reason\":\"breaker_open\"}", "breaker_open", "destination_unavailable"},
    {"limited", "{\"reason\":\"limited\"}", "limited", "connection_limit_reached"},
};

struct page {
    char script[512], body[1024], timing[512], proxy[1024];
};

static void add(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(char *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsprintf(text + strlen(text), format, args);
    va_end(args);
}

static bool is_in(unsigned subset, size_t part) { return (subset >> part & 1) != 0; }

/* The page when the parts in ${subset} fail by ${fault}. Part i takes 40 - 10 i ms: the last first,
 * so that an order of arrival would show. */
static void imagine(struct page *page_wanted, unsigned subset, size_t fault)
{
    struct page *page_at = page_wanted;
    char errors[512] = "";

    memset(page_at, 0, sizeof(*page_at));
    for (size_t i = 0; i < PARTS; i++) {
        bool fails = is_in(subset, i);
        unsigned ms = 40 - 10 * (unsigned)i;
        add(page_at->script, "%s %u %s;", rows[i].target, ms,
            fails ? faults[fault].outcome : rows[i].value);
        add(page_at->body, "%c\"%s\":%s", i == 0 ? '{' : ',', rows[i].name,
            fails ? rows[i].fallback : rows[i].value);
        add(page_at->timing, "%s%s;dur=%u.0", i == 0 ? "" : ", ", rows[i].name, ms);
        if (!fails)
            continue;
        add(page_at->timing, ";desc=\"%s\"", faults[fault].desc);
        add(page_at->proxy, "%sbff-web; error=%s; details=\"%s %s\"",
            page_at->proxy[0] == '\0' ? "" : ", ", faults[fault].proxy, rows[i].name,
            faults[fault].desc);
        add(errors, "%s\"%s\":%s", errors[0] == '\0' ? "" : ",", rows[i].name, faults[fault].error);
    }
    add(page_at->body, ",\"loadedAt\":\"" FLOW_LOADED_AT "\",\"partialFailure\":%s",
        subset == 0 ? "false}" : "true,\"errors\":{");
    if (subset != 0)
        add(page_at->body, "%s}}", errors);
}

static void any_of_them_may_fail_in_any_way(void **state)
{
    int wrong = 0;

    for (size_t fault = 0; fault < FLOW_COUNT(faults); fault++) {
        for (unsigned subset = 0; subset < 1u << PARTS; subset++) {
            struct page want;
            char why[64];
            imagine(&want, subset, fault);
            snprintf(why, sizeof(why), "subset %u, %s", subset, faults[fault].outcome);
            wrong += flow_check(&page,
                                &(struct flow_case){
                                    .why = why,
                                    .param = "u1",
                                    .script = want.script,
                                    .body = want.body,
                                    .server_timing = want.timing,
                                    .proxy_status = want.proxy,
                                    .cache_control = subset == 0 ? "private, no-cache" : "no-store",
                                });
        }
    }
    assert_int_equal(wrong, 0);
}

static void all_are_asked_before_any_has_answered(void **state)
{
    static const struct flow_case cases[] = {
        {.why = "even by services that answer at once",
         .param = "u1",
         .script = "/users/u1 0 {}; /orders?userId=u1&limit=5 0 []; /recommendations/u1 0 []; "
                   "/notifications/u1?unread=true 0 []",
         .trace = "0 ask /users/u1; 0 ask /orders?userId=u1&limit=5; 0 ask /recommendations/u1; "
                  "0 ask /notifications/u1?unread=true; 0 end /users/u1; "
                  "0 end /orders?userId=u1&limit=5; 0 end /recommendations/u1; "
                  "0 end /notifications/u1?unread=true; 0 done"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void what_is_slower_than_the_budget_is_left_behind(void **state)
{
    static const struct flow_case cases[] = {
        {.why = "one hangs",
         .param = "u1",
         .script = "/users/u1 20 {}; /recommendations/u1 999 [1]; "
                   "/notifications/u1?unread=true 1001 []",
         .trace = "0 ask /users/u1; 0 ask /orders?userId=u1&limit=5; 0 ask /recommendations/u1; "
                  "0 ask /notifications/u1?unread=true; 20 end /users/u1; "
                  "999 end /recommendations/u1; 1000 drop /orders?userId=u1&limit=5; "
                  "1000 drop /notifications/u1?unread=true; 1000 done",
         .body = "{\"user\":{},\"recentOrders\":[],\"recommendations\":[1],"
                 "\"unreadNotifications\":[],\"loadedAt\":\"" FLOW_LOADED_AT
                 "\",\"partialFailure\":true,\"errors\":{\"recentOrders\":{\"reason\":\"timeout\"},"
                 "\"unreadNotifications\":{\"reason\":\"timeout\"}}}",
         .server_timing = "user;dur=20.0, recentOrders;dur=1000.0;desc=\"timeout\", "
                          "recommendations;dur=999.0, "
                          "unreadNotifications;dur=1000.0;desc=\"timeout\""},
        {.why = "all hang",
         .param = "u1",
         .script = "",
         .body = "{\"user\":null,\"recentOrders\":[],\"recommendations\":[],"
                 "\"unreadNotifications\":[],\"loadedAt\":\"" FLOW_LOADED_AT
                 "\",\"partialFailure\":true,\"errors\":{\"user\":{\"reason\":\"timeout\"},"
                 "\"recentOrders\":{\"reason\":\"timeout\"},"
                 "\"recommendations\":{\"reason\":\"timeout\"},"
                 "\"unreadNotifications\":{\"reason\":\"timeout\"}}}"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void nothing_is_no_error(void **state)
{
    static const struct flow_case cases[] = {
        {.why = "204 and 205 are the fallback; null is null for a part of any kind",
         .param = "u1",
         .script = "/users/u1 0 null; /orders?userId=u1&limit=5 0 204; "
                   "/recommendations/u1 0 205; /notifications/u1?unread=true 0 []",
         .body = "{\"user\":null,\"recentOrders\":[],\"recommendations\":[],"
                 "\"unreadNotifications\":[],\"loadedAt\":\"" FLOW_LOADED_AT
                 "\",\"partialFailure\":false}",
         .proxy_status = "",
         .cache_control = "private, no-cache"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void another_kind_is_bad_json(void **state)
{
    static const struct flow_case cases[] = {
        {.why = "a fallback of [] makes it a list; an empty 200 is of no kind",
         .param = "u1",
         .script = "/users/u1 0 empty; /orders?userId=u1&limit=5 0 null; "
                   "/recommendations/u1 0 {\"error\":\"x\"}; "
                   "/notifications/u1?unread=true 0 \"none\"",
         .body = "{\"user\":null,\"recentOrders\":[],\"recommendations\":[],"
                 "\"unreadNotifications\":[],\"loadedAt\":\"" FLOW_LOADED_AT
                 "\",\"partialFailure\":true,\"errors\":{"
                 "\"user\":{\"reason\":\"bad_json\",\"status\":200},"
                 "\"recentOrders\":{\"reason\":\"bad_json\",\"status\":200},"
                 "\"recommendations\":{\"reason\":\"bad_json\",\"status\":200},"
                 "\"unreadNotifications\":{\"reason\":\"bad_json\",\"status\":200}}}",
         .cache_control = "no-store"},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void what_cannot_be_asked_is_skipped(void **state)
{
    static const struct flow_case cases[] = {
        {.why = "segments are not made, queries are encoded",
         .param = "..",
         .script = "/orders?userId=..&limit=5 7 [1]",
         .trace = "0 ask /orders?userId=..&limit=5; 7 end /orders?userId=..&limit=5; 7 done",
         .body = "{\"user\":null,\"recentOrders\":[1],\"recommendations\":[],"
                 "\"unreadNotifications\":[],\"loadedAt\":\"" FLOW_LOADED_AT
                 "\",\"partialFailure\":true,\"errors\":{\"user\":{\"reason\":\"skipped\"},"
                 "\"recommendations\":{\"reason\":\"skipped\"},"
                 "\"unreadNotifications\":{\"reason\":\"skipped\"}}}"},
        {.why = "nothing at all can be asked: the answer still comes, by itself",
         .param = "\x01",
         .script = "",
         .trace = "0 done",
         .server_timing = "user;dur=0.0;desc=\"skipped\", recentOrders;dur=0.0;desc=\"skipped\", "
                          "recommendations;dur=0.0;desc=\"skipped\", "
                          "unreadNotifications;dur=0.0;desc=\"skipped\""},
    };

    flow_check_all(&page, cases, FLOW_COUNT(cases));
}

static void a_client_that_leaves_hears_nothing(void **state)
{
    static const int64_t when_ms[] = {0, 25, 999};

    for (size_t i = 0; i < FLOW_COUNT(when_ms); i++) {
        flow_begin(&page, "u1", "/users/u1 20 {\"id\":\"u1\"}");
        flow_play(when_ms[i]);
        run_cancel(flow.run);
        run_cancel(flow.run);
        assert_int_equal(flow.under_way, 0);
        flow_play(5000);
        assert_int_equal(flow.done, 0);
        flow_end_all();
    }
}

static void a_request_that_goes_takes_its_calls_with_it(void **state)
{
    flow_begin(&page, "u1", "/users/u1 20 {\"id\":\"u1\"}");
    flow_play(30);
    flow_end_all();
    assert_int_equal(flow.done, 0);
}

static void a_cancel_behind_the_answer_leaves_it_whole(void **state)
{
    flow_run(&page, "u1", "/users/u1 20 {\"id\":\"u1\"}");
    run_cancel(flow.run);
    assert_true(text_is(json_raw(flow.run->parts[0].items[0].value), "{\"id\":\"u1\"}"));
    flow_end_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_of_them_may_fail_in_any_way),
        cmocka_unit_test(all_are_asked_before_any_has_answered),
        cmocka_unit_test(what_is_slower_than_the_budget_is_left_behind),
        cmocka_unit_test(nothing_is_no_error),
        cmocka_unit_test(another_kind_is_bad_json),
        cmocka_unit_test(what_cannot_be_asked_is_skipped),
        cmocka_unit_test(a_client_that_leaves_hears_nothing),
        cmocka_unit_test(a_request_that_goes_takes_its_calls_with_it),
        cmocka_unit_test(a_cancel_behind_the_answer_leaves_it_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
