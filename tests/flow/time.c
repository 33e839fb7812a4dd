/* Tests of the time limit of a part and the budget of a page. */
#include "tests/flow/flow.h"

static const struct bff_service service = {.name = "service"};

static void ask_quick(struct bff_ask *ask) { ask_get(ask, &service, "/quick"); }
static void ask_slow(struct bff_ask *ask) { ask_get(ask, &service, "/slow"); }
static void ask_later(struct bff_ask *ask) { ask_get(ask, &service, "/later"); }

static void ask_list(struct bff_ask *ask)
{
    static const char *const paths[] = {"/a", "/b", "/c"};

    for (size_t i = 0; i < FLOW_COUNT(paths); i++)
        ask_get(ask, &service, paths[i]);
}

static const struct bff_part parts[] = {
    {.name = "quick", .ask = ask_quick, .timeout_ms = 100},
    {.name = "slow", .ask = ask_slow},
    {.name = "later", .ask = ask_later, .after = "quick", .timeout_ms = 200},
    {.name = "list", .ask = ask_list, .many = 3, .at_once = 2, .timeout_ms = 300},
};

static const struct bff_composite page = {
    .route = "GET /page/:id",
    .access = BFF_PUBLIC,
    .budget_ms = 500,
    .parts = BFF_TABLE(parts),
};

static const struct flow_case a_part_is_given_up_after_its_own_time_cases[] = {
    {.why = "the one that waits for it is skipped, the others go on",
     .script = "/slow 400 1; /a 10 2; /b 20 3; /c 30 4",
     .trace = "0 ask /quick; 0 ask /slow; 0 ask /a; 0 ask /b; 10 end /a; 10 ask /c; 20 end /b; "
              "40 end /c; 100 drop /quick; 400 end /slow; 400 done",
     .body = "{\"quick\":null,\"slow\":1,\"later\":null,\"list\":[2,3,4],"
             "\"partialFailure\":true,\"errors\":{\"quick\":{\"reason\":\"timeout\"},"
             "\"later\":{\"reason\":\"skipped\"}}}",
     .server_timing = "quick;dur=100.0;desc=\"timeout\", slow;dur=400.0, "
                      "later;dur=0.0;desc=\"skipped\", list;dur=40.0"},
    {.why = "its time counts from its start",
     .script = "/quick 60 1; /slow 400 1; /a 0 2; /b 0 3; /c 0 4",
     .body = "{\"quick\":1,\"slow\":1,\"later\":null,\"list\":[2,3,4],\"partialFailure\":true,"
             "\"errors\":{\"later\":{\"reason\":\"timeout\"}}}",
     .server_timing = "quick;dur=60.0, slow;dur=400.0, later;dur=200.0;desc=\"timeout\", "
                      "list;dur=0.0"},
    {.why = "an answer in the last moment counts",
     .script = "/quick 100 1; /slow 500 1; /later 200 5; /a 0 2; /b 0 3; /c 300 4",
     .body = "{\"quick\":1,\"slow\":1,\"later\":5,\"list\":[2,3,4]}"},
    {.why = "a list keeps what it has got",
     .script = "/quick 0 1; /slow 0 1; /later 0 1; /a 10 2; /b 300 status 500; /c 291 4",
     .body = "{\"quick\":1,\"slow\":1,\"later\":1,\"list\":[2,null,null],"
             "\"partialFailure\":true,\"errors\":{\"list[1]\":{\"reason\":\"status\","
             "\"status\":500},\"list[2]\":{\"reason\":\"timeout\"}}}",
     .server_timing = "quick;dur=0.0, slow;dur=0.0, later;dur=0.0, "
                      "list;dur=300.0;desc=\"status\""},
    {.why = "what is in the queue is not asked any more",
     .script = "/quick 0 1; /slow 310 1; /later 0 1",
     .trace = "0 ask /quick; 0 ask /slow; 0 ask /a; 0 ask /b; 0 end /quick; 0 ask /later; "
              "0 end /later; 300 drop /a; 300 drop /b; 310 end /slow; 310 done",
     .body = "{\"quick\":1,\"slow\":1,\"later\":1,\"list\":[null,null,null],"
             "\"partialFailure\":true,\"errors\":{\"list[0]\":{\"reason\":\"timeout\"},"
             "\"list[1]\":{\"reason\":\"timeout\"},\"list[2]\":{\"reason\":\"timeout\"}}}",
     .proxy_status = "bff-web; error=http_response_timeout; details=\"list timeout\""},
    {.why = "no part outlives the page",
     .script = "/quick 90 1; /slow 0 hang; /a 0 2; /b 0 3; /c 0 4; /later 199 6",
     .trace = "0 ask /quick; 0 ask /slow; 0 ask /a; 0 ask /b; 0 end /a; 0 ask /c; 0 end /b; "
              "0 end /c; 90 end /quick; 90 ask /later; 289 end /later; 500 drop /slow; "
              "500 done",
     .body = "{\"quick\":1,\"slow\":null,\"later\":6,\"list\":[2,3,4],\"partialFailure\":true,"
             "\"errors\":{\"slow\":{\"reason\":\"timeout\"}}}"},
};

static void a_part_is_given_up_after_its_own_time(void **state)
{
    flow_check_all(&page, a_part_is_given_up_after_its_own_time_cases,
                   FLOW_COUNT(a_part_is_given_up_after_its_own_time_cases));
}

static void durations_have_one_decimal(void **state)
{
    static const struct {
        int64_t took_ns;
        const char *want;
    } cases[] = {
        {0, "0.0"},         {49999, "0.0"},      {50000, "0.1"},   {999949999, "999.9"},
        {12345678, "12.3"}, {99950000, "100.0"}, {1000000, "1.0"}, {1234567890, "1234.6"},
    };

    for (size_t i = 0; i < FLOW_COUNT(cases); i++) {
        flow_begin(&page, "1", "");
        run_cancel(flow.run);
        flow.run->parts[1].settled_ns = flow.run->parts[1].started_ns + cases[i].took_ns;
        answer_make(flow.run, TEXT("bff-web"), TEXT("r-1"), FLOW_WALL_MS, &flow.answer);
        char want[32],
            *timing = strndup(flow.answer.server_timing.at, flow.answer.server_timing.len);
        snprintf(want, sizeof(want), "slow;dur=%s, later", cases[i].want);
        assert_non_null(strstr(timing, want));
        free(timing);
        flow_end_all();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_is_given_up_after_its_own_time),
        cmocka_unit_test(durations_have_one_decimal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
