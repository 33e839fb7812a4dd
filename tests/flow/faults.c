/* Tests of faults that a client asks for its parts: X-Mock with "part:" clauses, in mock mode. */
#include "tests/flow/flow.h"

static const struct bff_service service = {.name = "service"}, stock = {.name = "stock"};

struct fault_case {
    const char *header;
    struct flow_case want;
};

static int check(const struct bff_composite *composite, const struct fault_case *row)
{
    flow_faults = row->header;
    int wrong = flow_check(composite, &row->want);
    flow_faults = NULL;
    return wrong;
}

static void check_all(const struct bff_composite *composite, const struct fault_case *rows,
                      size_t count)
{
    int wrong = 0;

    for (size_t i = 0; i < count; i++)
        wrong += check(composite, &rows[i]);
    assert_int_equal(wrong, 0);
}

/* A page that reads. */

static void user(struct bff_ask *ask) { ask_get(ask, &service, "/user"); }
static void same(struct bff_ask *ask) { ask_get(ask, &service, "/user"); }
static void orders(struct bff_ask *ask) { ask_get(ask, &service, "/orders"); }

static void products(struct bff_ask *ask)
{
    json_each (id, ask_part(ask, "orders")) {
        ask_get(ask, &service, "/products");
        ask_segment(ask, ask_text(ask, id));
    }
}

static void early(struct bff_ask *ask) { ask_get(ask, &service, "/early"); }

static const struct bff_part parts[] = {
    {.name = "user", .ask = user, .need = BFF_REQUIRED, .timeout_ms = 100},
    {.name = "same", .ask = same},
    {.name = "orders", .ask = orders, .kind = BFF_LIST},
    {.name = "products", .ask = products, .after = "orders", .many = 5, .at_once = 2},
    {.name = "early", .ask = early, .many = 2},
};

static const struct bff_composite page = {
    .route = "GET /page/:id",
    .failure = "Failed",
    .access = BFF_PUBLIC,
    .budget_ms = 500,
    .parts = BFF_TABLE(parts),
};

#define SCRIPT "/user 10 1; /orders 20 [7,8]; /products/7 5 70; /products/8 5 80; /early 5 0"
#define SAME_CALL "0 ask /user; 0 ask /orders; 0 ask /early; 5 end /early; 10 end /user; "

static const struct fault_case a_part_is_rejected_without_a_call_cases[] = {
    {NULL,
     {.why = "without a header, two parts share a call",
      .script = SCRIPT,
      .trace = SAME_CALL "20 end /orders; 20 ask /products/7; 20 ask /products/8; "
                         "25 end /products/7; 25 end /products/8; 25 done",
      .body = "{\"user\":1,\"same\":1,\"orders\":[7,8],\"products\":[70,80],\"early\":[0]}"}},
    {"part:same timeout",
     {.why = "the other part keeps its own call",
      .script = SCRIPT,
      .trace = SAME_CALL "20 end /orders; 20 ask /products/7; 20 ask /products/8; "
                         "25 end /products/7; 25 end /products/8; 25 done",
      .body = "{\"user\":1,\"same\":null,\"orders\":[7,8],\"products\":[70,80],\"early\":[0],"
              "\"partialFailure\":true,\"errors\":{\"same\":{\"reason\":\"timeout\"}}}"}},
    {"part:orders status=503",
     {.why = "a part that waits for it is skipped",
      .script = SCRIPT,
      .trace = "0 ask /user; 0 ask /early; 5 end /early; 10 end /user; 10 done",
      .body = "{\"user\":1,\"same\":1,\"orders\":[],\"products\":[],\"early\":[0],"
              "\"partialFailure\":true,\"errors\":{\"orders\":{\"reason\":\"status\","
              "\"status\":503},\"products\":{\"reason\":\"skipped\"}}}"}},
    {"part:user breaker_open",
     {.why = "a required part ends the page at once",
      .script = SCRIPT,
      .trace = "0 done",
      .status = 503,
      .body = "{\"error\":\"Failed\",\"part\":\"user\",\"reason\":\"breaker_open\","
              "\"requestId\":\"r-1\"}"}},
    {"part:user status=404",
     {.why = "a required part that is not found makes the page 404",
      .script = SCRIPT,
      .trace = "0 done",
      .status = 404}},
    {"part:same bad_json; part:early limited",
     {.why = "an answer that cannot be read has a status",
      .script = SCRIPT,
      .body = "{\"user\":1,\"same\":null,\"orders\":[7,8],\"products\":[70,80],\"early\":[null],"
              "\"partialFailure\":true,\"errors\":{\"same\":{\"reason\":\"bad_json\","
              "\"status\":200},\"early[0]\":{\"reason\":\"limited\"}}}"}},
};

static const struct fault_case a_list_part_is_rejected_as_a_whole_or_by_item_cases[] = {
    {"part:products too_large",
     {.why = "the list as a whole",
      .script = SCRIPT,
      .trace = SAME_CALL "20 end /orders; 20 done",
      .body = "{\"user\":1,\"same\":1,\"orders\":[7,8],\"products\":[],\"early\":[0],"
              "\"partialFailure\":true,\"errors\":{\"products\":{\"reason\":\"too_large\"}}}"}},
    {"part:products[1] reset",
     {.why = "one item, and the others are asked",
      .script = SCRIPT,
      .trace = SAME_CALL "20 end /orders; 20 ask /products/7; 25 end /products/7; 25 done",
      .body = "{\"user\":1,\"same\":1,\"orders\":[7,8],\"products\":[70,null],\"early\":[0],"
              "\"partialFailure\":true,\"errors\":{\"products[1]\":{\"reason\":\"reset\"}}}"}},
    {"part:products[] timeout; part:products[0] connect; part:early timeout",
     {.why = "each item; the clause of an item counts more. A list that never waits has no reason "
             "of its own",
      .script = SCRIPT,
      .body = "{\"user\":1,\"same\":1,\"orders\":[7,8],\"products\":[null,null],\"early\":[null],"
              "\"partialFailure\":true,\"errors\":{\"products[0]\":{\"reason\":\"connect\"},"
              "\"products[1]\":{\"reason\":\"timeout\"},\"early[0]\":{\"reason\":\"timeout\"}}}"}},
};

static const struct fault_case a_call_is_late_or_hangs_cases[] = {
    {"part:orders delay=300ms",
     {.why = "the call is made later",
      .script = SCRIPT,
      .trace = "0 ask /user; 0 ask /early; 5 end /early; 10 end /user; 300 ask /orders; "
               "320 end /orders; 320 ask /products/7; 320 ask /products/8; "
               "325 end /products/7; 325 end /products/8; 325 done"}},
    {"part:orders delay=300ms reset",
     {.why = "it is rejected later",
      .script = SCRIPT,
      .trace = "0 ask /user; 0 ask /early; 5 end /early; 10 end /user; 300 done",
      .body = "{\"user\":1,\"same\":1,\"orders\":[],\"products\":[],\"early\":[0],"
              "\"partialFailure\":true,\"errors\":{\"orders\":{\"reason\":\"reset\"},"
              "\"products\":{\"reason\":\"skipped\"}}}"}},
    {"part:orders hang",
     {.why = "until the budget is over",
      .script = SCRIPT,
      .trace = "0 ask /user; 0 ask /early; 5 end /early; 10 end /user; 500 done",
      .body = "{\"user\":1,\"same\":1,\"orders\":[],\"products\":[],\"early\":[0],"
              "\"partialFailure\":true,\"errors\":{\"orders\":{\"reason\":\"timeout\"},"
              "\"products\":{\"reason\":\"timeout\"}}}"}},
    {"part:user hang; part:orders delay=400ms",
     {.why = "until its own time is over; the call that has not begun is never made",
      .script = SCRIPT,
      .trace = "0 ask /user; 0 ask /early; 5 end /early; 10 end /user; 100 done",
      .status = 504}},
    {"part:user delay=2s",
     {.why = "a delay may be longer than its time",
      .script = SCRIPT,
      .trace = "0 ask /user; 0 ask /orders; 0 ask /early; 5 end /early; 10 end /user; "
               "20 end /orders; 20 ask /products/7; 20 ask /products/8; 25 end /products/7; "
               "25 end /products/8; 100 done",
      .status = 504}},
};

/* A page that changes data. */

static void reserve(struct bff_ask *ask) { ask_post(ask, &stock, "/reservations"); }

static void release(struct bff_ask *ask)
{
    ask_delete(ask, &stock, "/reservations");
    ask_segment(ask, ask_text(ask, json_get(ask_part(ask, "reserve"), "id")));
}

static void create(struct bff_ask *ask) { ask_post(ask, &service, "/orders"); }
static void tell(struct bff_ask *ask) { ask_post(ask, &service, "/mails"); }

static const struct bff_part change_parts[] = {
    {.name = "reserve", .ask = reserve, .undo = release, .need = BFF_REQUIRED, .kind = BFF_OBJECT},
    {.name = "order", .ask = create, .after = "reserve", .need = BFF_REQUIRED, .kind = BFF_OBJECT},
    {.name = "mail", .ask = tell, .after = "order", .kind = BFF_OBJECT},
};

static const struct bff_composite change = {
    .route = "POST /page/:id",
    .failure = "Failed",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(change_parts),
};

#define CHANGES                                                                                    \
    "/reservations 10 {\"id\":\"r1\"}; /orders 10 {\"id\":\"o1\"}; /mails 10 {}; "                 \
    "/reservations/r1 5 204"
#define TAKEN_BACK                                                                                 \
    "0 POST /reservations; 10 end /reservations; 10 DELETE /reservations/r1; "                     \
    "15 end /reservations/r1; 15 done"
#define NOT_TAKEN_BACK "0 POST /reservations; 10 end /reservations; 10 done"

static const struct fault_case a_change_with_a_fault_cases[] = {
    {"part:order reset",
     {.why = "it was not made, so what was changed before is taken back",
      .script = CHANGES,
      .trace = TAKEN_BACK,
      .status = 502}},
    {"part:order status=409",
     {.why = "a refusal, too", .script = CHANGES, .trace = TAKEN_BACK, .status = 502}},
    {"part:order unknown",
     {.why = "when nobody knows, nothing is taken back, and nothing is sent again",
      .script = CHANGES,
      .trace = NOT_TAKEN_BACK,
      .status = 504}},
    {"part:order status=500",
     {.why = "a failure of the service says nothing of the change",
      .script = CHANGES,
      .trace = NOT_TAKEN_BACK,
      .status = 504}},
    {"part:mail bad_json",
     {.why = "an optional change was made, and its answer is lost",
      .script = CHANGES,
      .trace = "0 POST /reservations; 10 end /reservations; 10 POST /orders; 20 end /orders; "
               "20 done"}},
    {"part:order hang",
     {.why = "its request never leaves",
      .script = CHANGES,
      .trace = "0 POST /reservations; 10 end /reservations; 1000 DELETE /reservations/r1; "
               "1005 end /reservations/r1; 1005 done",
      .status = 504}},
    {"part:order delay=50ms",
     {.why = "a change that is made later",
      .script = CHANGES,
      .trace = "0 POST /reservations; 10 end /reservations; 60 POST /orders; 70 end /orders; "
               "70 POST /mails; 80 end /mails; 80 done"}},
    {"part:order delay=50ms limited",
     {.why = "a change that is refused later",
      .script = CHANGES,
      .trace = "0 POST /reservations; 10 end /reservations; 60 DELETE /reservations/r1; "
               "65 end /reservations/r1; 65 done",
      .status = 503}},
};

#define RUN_CASES(name, composite)                                                                 \
    static void name(void **state) { check_all(composite, name##_cases, FLOW_COUNT(name##_cases)); }

RUN_CASES(a_part_is_rejected_without_a_call, &page)
RUN_CASES(a_list_part_is_rejected_as_a_whole_or_by_item, &page)
RUN_CASES(a_call_is_late_or_hangs, &page)
RUN_CASES(a_change_with_a_fault, &change)

/* When the client leaves, nothing is left of calls that wait (flow_end_all). */
static void a_run_is_cancelled_while_a_call_waits(void **state)
{
    flow_faults = "part:orders delay=300ms; part:user hang";
    flow_begin(&page, "1", SCRIPT);
    flow_play(50);
    assert_int_equal(flow.done, 0);
    run_cancel(flow.run);
    flow_end_all();
    flow_faults = NULL;
}

/* Reading. */

static const struct {
    const char *header, *rest;
} read_cases[] = {
    {"users status=500; orders hang", "users status=500; orders hang"},
    {"part:user reset", NULL},
    {" users hang ,part:user reset;; orders hang;", "users hang; orders hang"},
    {"", ""},
};

static void clauses_of_services_are_passed_on(void **state)
{
    struct pool *pool = pool_new();
    const struct plan *plan = flow_plan(pool, &page);

    for (size_t i = 0; i < FLOW_COUNT(read_cases); i++) {
        struct part_faults faults;
        assert_null(part_faults_read(pool, plan, text_of(read_cases[i].header), &faults));
        assert_true(text_equal(faults.rest, text_of(read_cases[i].rest)));
    }
    pool_free(pool);
}

static const struct {
    const char *header, *scenario, *faults;
} scenario_cases[] = {
    {"", "part:reviews hang; part:user reset; part:order timeout", "user 0"},
    {"part:user timeout", "part:user reset; part:same connect", "same 0, user 0"},
    {"part:products[1] timeout", "part:products reset", "products 1"},
    {"", "", ""},
    {NULL, NULL, ""},
};

/* A scenario is for all pages, so a page takes what is about its own parts. */
static void a_scenario_adds_to_what_the_header_says(void **state)
{
    struct pool *pool = pool_new();
    const struct plan *plan = flow_plan(pool, &page);
    struct part_faults faults;

    for (size_t i = 0; i < FLOW_COUNT(scenario_cases); i++) {
        struct text_builder got;
        text_builder_init(&got, pool, 64);
        assert_null(part_faults_read(pool, plan, text_of(scenario_cases[i].header), &faults));
        assert_null(part_faults_add(pool, plan, text_of(scenario_cases[i].scenario), &faults));
        for (const struct run_fault *at = faults.first; at != NULL; at = at->next)
            text_builder_add(&got, pool_print(pool, "%s%.*s %d", got.len == 0 ? "" : ", ",
                                              TEXT_ARGS(plan->parts[at->part].name), at->item));
        assert_true(text_equal(text_builder_text(&got), text_of(scenario_cases[i].faults)));
    }
    assert_non_null(part_faults_add(pool, plan, TEXT("part:user explode"), &faults));
    pool_free(pool);
}

static const struct {
    const char *header, *says;
} refused[] = {
    {"part:usr reset",
     "X-Mock: 'usr' is no part of this page; it has user, same, orders, products, early"},
    {"part: reset",
     "X-Mock: '' is no part of this page; it has user, same, orders, products, early"},
    {"part:user", "X-Mock: 'user' has no word; it needs one, such as timeout or status=503"},
    {"part:user explode\"", "X-Mock: 'explode?' is no word for a part; known are timeout, connect"},
    {"part:user reset hang", "X-Mock: 'hang' contradicts an earlier word"},
    {"part:user unknown", "X-Mock: 'unknown' is only for a part that changes data"},
    {"part:user body", "X-Mock: 'body' is no word"},
    {"part:user none", "X-Mock: 'none' is no word"},
    {"part:user status=200", "X-Mock: 'status=200' is no status of a failure"},
    {"part:user status=600", "X-Mock: 'status=600' is no status of a failure"},
    {"part:user delay=5", "X-Mock: 'delay=5' is no delay"},
    {"part:user delay=601s", "X-Mock: 'delay=601s' is no delay"},
    {"part:user delay=1s delay=2s", "X-Mock: 'delay=2s' is a second delay"},
    {"part:user[0] reset", "X-Mock: 'user[0]' is no list part"},
    {"part:products[x] reset", "X-Mock: 'products[x]' names no item"},
    {"part:products[1 reset", "X-Mock: 'products[1' has no ']'"},
    {"part:user reset; part:user hang", "X-Mock: 'user' has a second clause"},
};

static void a_mistake_is_named(void **state)
{
    struct pool *pool = pool_new();
    const struct plan *plan = flow_plan(pool, &page);
    struct part_faults faults;

    for (size_t i = 0; i < FLOW_COUNT(refused); i++) {
        const char *says = part_faults_read(pool, plan, text_of(refused[i].header), &faults);
        if (says == NULL || strncmp(says, refused[i].says, strlen(refused[i].says)) != 0)
            fail_msg("%s: %s", refused[i].header, says == NULL ? "accepted" : says);
    }
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_is_rejected_without_a_call),
        cmocka_unit_test(a_list_part_is_rejected_as_a_whole_or_by_item),
        cmocka_unit_test(a_call_is_late_or_hangs),
        cmocka_unit_test(a_change_with_a_fault),
        cmocka_unit_test(a_run_is_cancelled_while_a_call_waits),
        cmocka_unit_test(clauses_of_services_are_passed_on),
        cmocka_unit_test(a_scenario_adds_to_what_the_header_says),
        cmocka_unit_test(a_mistake_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
