/* Tests of changes that the mock services keep: once for each key, within a bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/json/json.h"
#include "fixtures/mock_ledger.h"

static struct mock_data *data;
static struct mock_ledger *ledger;
static struct pool *pool;

static struct mock_answer ask(const char *method, const char *target, const char *body,
                              const char *key)
{
    bool is_stock = strncmp(target, "/reservations", 13) == 0;
    struct mock_question question = {
        .service = is_stock ? MOCK_INVENTORY : MOCK_ORDERS,
        .method = text_of(method),
        .target = text_of(target),
        .body = text_of(body),
        .key = text_of(key),
        .ledger = ledger,
    };

    return mock_answer(data, &question, pool);
}

static void assert_answer(struct mock_answer answer, int status, const char *body)
{
    if (answer.status != status || !text_is(answer.begin, body))
        fail_msg("%d %.*s", answer.status, TEXT_ARGS(answer.begin));
}

static void a_new_order_is_there_until_it_is_deleted(void **state)
{
    assert_answer(ask("POST", "/orders", "{\"total\":1.10}", NULL), 201,
                  "{\"id\":\"o19\",\"total\":1.10}");
    assert_answer(ask("POST", "/orders", "{}", NULL), 201, "{\"id\":\"o20\"}");
    assert_answer(ask("PATCH", "/orders/o19", "{\"status\":\"paid\"}", NULL), 200,
                  "{\"id\":\"o19\",\"total\":1.10,\"status\":\"paid\"}");
    assert_answer(ask("GET", "/orders/o19", NULL, NULL), 200,
                  "{\"id\":\"o19\",\"total\":1.10,\"status\":\"paid\"}");
    assert_int_equal(ask("DELETE", "/orders/o19", NULL, NULL).status, 204);
    assert_int_equal(ask("GET", "/orders/o19", NULL, NULL).status, 404);
    assert_int_equal(ask("DELETE", "/orders/o19", NULL, NULL).status, 404);
}

static void a_key_is_used_once(void **state)
{
    struct mock_answer first = ask("POST", "/orders", "{\"a\":1}", "k1");
    struct mock_answer again = ask("POST", "/orders", "{\"a\":1}", "k1");

    assert_answer(again, 201, "{\"id\":\"o19\",\"a\":1}");
    assert_true(text_equal(first.location, again.location));
    assert_true(text_equal(first.type, again.type));
    assert_int_equal(mock_records_added(ledger->orders), 1);
    assert_int_equal(ledger->replayed, 1);
    assert_int_equal(ask("POST", "/orders", "{\"a\":2}", "k1").status, 422);
    assert_int_equal(ask("PATCH", "/orders/o19", "{\"a\":2}", "k1").status, 200);
    assert_answer(ask("POST", "/orders", "{\"a\":1}", "k2"), 201, "{\"id\":\"o20\",\"a\":1}");
}

static void a_refusal_is_stored_too(void **state)
{
    assert_int_equal(ask("POST", "/orders", "[]", "k1").status, 400);
    assert_int_equal(ask("POST", "/orders", "{}", "k1").status, 422);
    assert_int_equal(mock_records_added(ledger->orders), 0);
}

static const struct {
    const char *why, *body;
    int status;
    const char *want;
} reservations[] = {
    {"two products",
     "{\"items\":[{\"productId\":\"p1\",\"quantity\":2,\"price\":3},"
     "{\"productId\":\"p5\",\"quantity\":8}]}",
     201,
     "{\"id\":\"r1\",\"items\":[{\"productId\":\"p1\",\"quantity\":2},"
     "{\"productId\":\"p5\",\"quantity\":8}]}"},
    {"sold out", "{\"items\":[{\"productId\":\"p3\",\"quantity\":1}]}", 409,
     "{\"error\":\"Out of stock\",\"productId\":\"p3\"}"},
    {"too many", "{\"items\":[{\"productId\":\"p5\",\"quantity\":9}]}", 409,
     "{\"error\":\"Out of stock\",\"productId\":\"p5\"}"},
    {"too many together",
     "{\"items\":[{\"productId\":\"p5\",\"quantity\":4},"
     "{\"productId\":\"p5\",\"quantity\":5}]}",
     409, "{\"error\":\"Out of stock\",\"productId\":\"p5\"}"},
    {"no such product", "{\"items\":[{\"productId\":\"p999\",\"quantity\":1}]}", 409,
     "{\"error\":\"Out of stock\",\"productId\":\"p999\"}"},
    {"none", "{\"items\":[{\"productId\":\"p1\",\"quantity\":0}]}", 400,
     "{\"error\":\"Bad request\"}"},
    {"less than none", "{\"items\":[{\"productId\":\"p1\",\"quantity\":-1}]}", 400,
     "{\"error\":\"Bad request\"}"},
    {"no quantity", "{\"items\":[{\"productId\":\"p1\"}]}", 400, "{\"error\":\"Bad request\"}"},
    {"no product", "{\"items\":[{\"quantity\":1}]}", 400, "{\"error\":\"Bad request\"}"},
    {"no items", "{\"items\":[]}", 400, "{\"error\":\"Bad request\"}"},
    {"no list", "{\"items\":{}}", 400, "{\"error\":\"Bad request\"}"},
    {"no object", "[]", 400, "{\"error\":\"Bad request\"}"},
};

static void the_stock_limits_a_reservation(void **state)
{
    for (size_t i = 0; i < sizeof(reservations) / sizeof(reservations[0]); i++) {
        struct mock_answer answer = ask("POST", "/reservations", reservations[i].body, NULL);
        if (answer.status != reservations[i].status || !text_is(answer.begin, reservations[i].want))
            fail_msg("%s: %d %.*s", reservations[i].why, answer.status, TEXT_ARGS(answer.begin));
    }
    assert_int_equal(mock_records_added(ledger->reservations), 1);
}

static void a_reservation_is_released_once(void **state)
{
    ask("POST", "/reservations", "{\"items\":[{\"productId\":\"p1\",\"quantity\":2}]}", NULL);
    assert_int_equal(ask("GET", "/reservations/r1", NULL, NULL).status, 200);
    assert_int_equal(ask("DELETE", "/reservations/r1", NULL, NULL).status, 204);
    assert_int_equal(ask("GET", "/reservations/r1", NULL, NULL).status, 404);
    assert_int_equal(ask("DELETE", "/reservations/r1", NULL, NULL).status, 204);
    assert_int_equal(ledger->released, 1);
    assert_int_equal(ask("DELETE", "/reservations/r2", NULL, NULL).status, 404);
    assert_int_equal(ask("PUT", "/reservations/r1", "{}", NULL).status, 405);
    assert_int_equal(ask("GET", "/reservations", NULL, NULL).status, 405);
}

static void the_ledger_is_shown_and_emptied(void **state)
{
    struct mock_question show = {.method = TEXT("GET"), .target = TEXT("/__mock/ledger")};
    struct mock_question empty = {.method = TEXT("DELETE"), .target = TEXT("/__mock/ledger")};

    ask("POST", "/orders", "{}", "k1");
    ask("POST", "/orders", "{}", NULL);
    ask("DELETE", "/orders/o20", NULL, NULL);
    assert_answer(mock_ledger_answer(ledger, &show, pool), 200,
                  "{\"counts\":{\"orders\":2,\"reservations\":0,\"released\":0,"
                  "\"notifications\":0,\"replayed\":0},\"orders\":["
                  "{\"id\":\"o19\",\"key\":\"k1\",\"isGone\":false,\"record\":{\"id\":\"o19\"}},"
                  "{\"id\":\"o20\",\"key\":null,\"isGone\":true,\"record\":{\"id\":\"o20\"}}],"
                  "\"reservations\":[],\"notifications\":[]}");
    assert_int_equal(mock_ledger_answer(ledger, &empty, pool).status, 204);
    assert_answer(ask("POST", "/orders", "{\"b\":1}", "k1"), 201, "{\"id\":\"o19\",\"b\":1}");
}

static void the_oldest_record_makes_room(void **state)
{
    struct mock_records *records = mock_records_new(4);
    char name[2] = "a";

    for (; name[0] <= 'z'; name[0]++)
        mock_records_add(records, text_of(name), TEXT("text"), (struct text){0});
    assert_null(mock_records_find(records, TEXT("v")));
    for (name[0] = 'w'; name[0] <= 'z'; name[0]++)
        assert_non_null(mock_records_find(records, text_of(name)));
    assert_true(text_is(mock_records_at(records, 0)->name, "w"));
    assert_true(text_is(mock_records_at(records, 3)->name, "z"));
    assert_null(mock_records_at(records, 4));
    mock_records_free(records);
}

static int load(void **state)
{
    char error[512];

    pool = pool_new();
    data = mock_data_load(SOURCE_DIR "/fixtures", error, sizeof(error));
    return data == NULL;
}

static int unload(void **state)
{
    mock_data_free(data);
    pool_free(pool);
    return 0;
}

static int begin(void **state)
{
    ledger = mock_ledger_new();
    return 0;
}

static int end(void **state)
{
    mock_ledger_free(ledger);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_order_is_there_until_it_is_deleted, begin, end),
        cmocka_unit_test_setup_teardown(a_key_is_used_once, begin, end),
        cmocka_unit_test_setup_teardown(a_refusal_is_stored_too, begin, end),
        cmocka_unit_test_setup_teardown(the_stock_limits_a_reservation, begin, end),
        cmocka_unit_test_setup_teardown(a_reservation_is_released_once, begin, end),
        cmocka_unit_test_setup_teardown(the_ledger_is_shown_and_emptied, begin, end),
        cmocka_unit_test(the_oldest_record_makes_room),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
