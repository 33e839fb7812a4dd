/* Tests of a page that changes data: its changes are made one after the other, each at most once,
 * and its answer is stored nowhere. */
#include "tests/flow/flow.h"

#include "bff/compose/run_undo.h"

static const struct bff_service stock = {.name = "inventory"}, orders = {.name = "orders"},
                                mail = {.name = "notifications"};

static void look(struct bff_ask *ask)
{
    ask_get(ask, &stock, "/inventory");
    ask_segment(ask, ask_text(ask, ask_input(ask, "productId")));
}

static void reserve(struct bff_ask *ask)
{
    ask_post(ask, &stock, "/reservations");
    ask_body_member(ask, "productId", ask_input(ask, "productId"));
}

static void create(struct bff_ask *ask)
{
    ask_put(ask, &orders, "/orders");
    ask_segment(ask, ask_param(ask, "id"));
    ask_body_member(ask, "reservation", json_get(ask_part(ask, "reservation"), "id"));
}

static void tell(struct bff_ask *ask)
{
    ask_post(ask, &mail, "/mails");
    ask_body_member(ask, "order", json_get(ask_part(ask, "order"), "id"));
}

static void list(struct bff_ask *ask) { ask_get(ask, &orders, "/orders"); }

static const struct bff_body body[] = {{.path = "productId", .kind = BFF_BODY_TEXT}};

static const struct bff_part parts[] = {
    {.name = "stock", .ask = look, .need = BFF_REQUIRED, .place = BFF_HIDDEN, .kind = BFF_ANY},
    {.name = "reservation",
     .ask = reserve,
     .after = "stock",
     .need = BFF_REQUIRED,
     .pick = "id",
     .timeout_ms = 400},
    {.name = "order", .ask = create, .after = "reservation", .need = BFF_REQUIRED, .pick = "id"},
    {.name = "mail", .ask = tell, .after = "order", .kind = BFF_ANY},
    {.name = "others", .ask = list, .kind = BFF_LIST},
};

static const struct bff_composite confirm = {
    .route = "POST /api/confirm/:id",
    .failure = "Failed to confirm the order",
    .access = BFF_PUBLIC,
    .body = BFF_TABLE(body),
    .parts = BFF_TABLE(parts),
};

#define STOCK "/inventory/p1 10 {}; /orders 5 []; "
#define RESERVED "/reservations 10 {\"id\":\"r1\"}; "
#define FAILED(part, reason)                                                                       \
    "{\"error\":\"Failed to confirm the order\",\"part\":\"" part "\",\"reason\":\"" reason "\""
#define ID ",\"requestId\":\"r-1\"}"

static const struct flow_case cases[] = {
    {.why = "one after the other",
     .script = STOCK RESERVED "/orders/1 10 {\"id\":\"o1\"}; /mails 10 204",
     .trace = "0 ask /inventory/p1; 0 ask /orders; 5 end /orders; 10 end /inventory/p1; "
              "10 POST /reservations; 20 end /reservations; 20 PUT /orders/1; 30 end /orders/1; "
              "30 POST /mails; 40 end /mails; 40 done",
     .body = "{\"reservation\":{\"id\":\"r1\"},\"order\":{\"id\":\"o1\"},\"mail\":null,"
             "\"others\":[]}",
     .cache_control = "no-store"},
    {.why = "a change whose answer is empty was made",
     .script = STOCK RESERVED "/orders/1 10 empty; /mails 10 204",
     .body = "{\"reservation\":{\"id\":\"r1\"},\"order\":null,\"mail\":null,\"others\":[],"
             "\"partialFailure\":true,\"errors\":{\"mail\":{\"reason\":\"skipped\"}}}",
     .cache_control = "no-store"},
    {.why = "nothing is changed when something before it failed",
     .script = "/inventory/p1 10 status 500; /orders 5 []",
     .trace = "0 ask /inventory/p1; 0 ask /orders; 5 end /orders; 10 end /inventory/p1; 10 done",
     .status = 502,
     .body = FAILED("stock", "status") ",\"status\":500" ID},
    {.why = "nor after a change that failed",
     .script = STOCK "/reservations 10 status 503",
     .trace = "0 ask /inventory/p1; 0 ask /orders; 5 end /orders; 10 end /inventory/p1; "
              "10 POST /reservations; 20 end /reservations; 20 done",
     .status = 502},
    {.why = "a slow change is not made again",
     .script = STOCK "/reservations 10 hang",
     .trace = "0 ask /inventory/p1; 0 ask /orders; 5 end /orders; 10 end /inventory/p1; "
              "10 POST /reservations; 410 drop /reservations; 410 done",
     .status = 504},
    {.why = "the client learns of a mail that was not sent",
     .script = STOCK RESERVED "/orders/1 10 {\"id\":\"o1\"}; /mails 10 reset",
     .body = "{\"reservation\":{\"id\":\"r1\"},\"order\":{\"id\":\"o1\"},\"mail\":null,"
             "\"others\":[],\"partialFailure\":true,\"errors\":{\"mail\":{\"reason\":\"reset\"}}}"},
};

static void changes_are_made_in_order(void **state)
{
    flow_input = "{\"productId\":\"p1\"}";
    flow_check_all(&confirm, cases, FLOW_COUNT(cases));
}

/* Two parts that ask the same are two changes. */

static void again(struct bff_ask *ask)
{
    ask_post(ask, &mail, "/mails");
    ask_body_bool(ask, "isAgain", true);
}

static void read_again(struct bff_ask *ask) { ask_get(ask, &mail, "/mails"); }

static const struct bff_part same_parts[] = {
    {.name = "first", .ask = again, .kind = BFF_ANY},
    {.name = "second", .ask = again, .after = "first", .kind = BFF_ANY},
    {.name = "read", .ask = read_again, .after = "first", .kind = BFF_ANY},
};

static const struct bff_composite same = {
    .route = "POST /api/same/:id", .access = BFF_PUBLIC, .parts = BFF_TABLE(same_parts)};

static void a_change_is_shared_with_nobody(void **state)
{
    flow_input = NULL;
    flow_run(&same, "1", "/mails 10 {\"ok\":1}");
    assert_string_equal(flow.trace, "0 POST /mails; 10 end /mails; 10 POST /mails; 10 ask /mails; "
                                    "20 end /mails; 20 end /mails; 20 done");
    assert_null(flow.answer.etag.at);
    flow_end_all();
}

/* A change does not begin before the owner is known. */

static const struct bff_part owned_parts[] = {
    {.name = "order", .ask = list, .place = BFF_HIDDEN, .kind = BFF_OBJECT, .need = BFF_REQUIRED},
    {.name = "mail", .ask = again, .kind = BFF_ANY},
};

static const struct bff_composite owned = {
    .route = "DELETE /api/owned/:id",
    .failure = "Failed",
    .access = BFF_OWNER,
    .owner = "order.userId",
    .parts = BFF_TABLE(owned_parts),
};

static bool is_u1(void *cookie, struct text owner) { return text_is(owner, "u1"); }

static void a_change_waits_for_the_owner(void **state)
{
    flow_input = NULL;
    flow_may_see = is_u1;
    flow_run(&owned, "1", "/orders 10 {\"userId\":\"u1\"}; /mails 10 {}");
    assert_string_equal(flow.trace,
                        "0 ask /orders; 10 end /orders; 10 POST /mails; 20 end /mails; 20 done");
    flow_end_all();
    flow_run(&owned, "1", "/orders 10 {\"userId\":\"u2\"}; /mails 10 {}");
    assert_string_equal(flow.trace, "0 ask /orders; 10 end /orders; 10 done");
    assert_true(flow.run->is_forbidden);
    flow_end_all();
    flow_may_see = NULL;
}

/* A key is running as long as its page may take. So the longest time must be right. */

static void take_back(struct bff_ask *ask) { ask_delete(ask, &mail, "/undo"); }

static const struct bff_part undone_parts[] = {
    {.name = "first", .ask = again, .undo = take_back, .kind = BFF_ANY},
    {.name = "second", .ask = list, .after = "first", .need = BFF_REQUIRED, .kind = BFF_LIST},
};

static const struct bff_composite undone = {.route = "POST /api/undone/:id",
                                            .failure = "Failed",
                                            .access = BFF_PUBLIC,
                                            .parts = BFF_TABLE(undone_parts)};

static void taking_back_has_a_longest_time(void **state)
{
    flow_input = NULL;
    flow_begin(&undone, "1", "/mails 10 {}; /orders 10 status 500; /undo 10 hang");
    flow.calls[0].fetch->has_left = true;
    flow_play(60 * 1000);
    assert_int_equal(flow.done, 1);
    assert_int_equal(flow.now_ns - 20 * CLOCK_MS, run_undo_longest_ns(flow.request.plan));
    flow_end_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_are_made_in_order),
        cmocka_unit_test(a_change_is_shared_with_nobody),
        cmocka_unit_test(a_change_waits_for_the_owner),
        cmocka_unit_test(taking_back_has_a_longest_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
