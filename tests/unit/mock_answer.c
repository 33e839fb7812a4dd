/* Tests of the answers of the mock services, with the data of this project. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/json/json.h"
#include "fixtures/mock_answer.h"
#include "fixtures/mock_fault.h"

static struct mock_data *data;
static struct pool *pool;

/* The body is told by its first bytes, or by its number of records. */
static const struct {
    const char *why;
    enum mock_service service;
    const char *method, *target;
    int status;
    const char *id;
    size_t records;
} cases[] = {
    {"health", MOCK_REVIEWS, "GET", "/health", 200, .id = NULL},
    {"a user", MOCK_USERS, "GET", "/users/u1", 200, .id = "u1"},
    {"HEAD is GET", MOCK_USERS, "HEAD", "/users/u1", 200, .id = "u1"},
    {"an id is decoded once", MOCK_USERS, "GET", "/users/%751", 200, .id = "u1"},
    {"and not twice", MOCK_USERS, "GET", "/users/%25751", .status = 404},
    {"an unknown id", MOCK_USERS, "GET", "/users/u999", .status = 404},
    {"an empty id", MOCK_USERS, "GET", "/users/", .status = 404},
    {"an encoded slash is part of the id", MOCK_USERS, "GET", "/users/u1%2Forders", .status = 404},
    {"half an escape", MOCK_USERS, "GET", "/users/%7", .status = 400},
    {"another service's path", MOCK_USERS, "GET", "/orders/o1", .status = 404},
    {"a longer name", MOCK_USERS, "GET", "/usersx", .status = 404},
    {"a deeper path", MOCK_USERS, "GET", "/users/u1/orders", .status = 404},
    {"POST to a record", MOCK_USERS, "POST", "/users/u1", .status = 405},
    {"DELETE of all", MOCK_USERS, "DELETE", "/users", .status = 405},
    {"POST of a list's parts", MOCK_NOTIFICATIONS, "POST", "/notifications/u1", .status = 405},
    {"any other method", MOCK_USERS, "LINK", "/users", .status = 405},
    {"POST to nowhere", MOCK_USERS, "POST", "/nowhere", .status = 404},
    {"all users", MOCK_USERS, "GET", "/users", 200, .records = 8},
    {"all products", MOCK_PRODUCTS, "GET", "/products", 200, .records = 14},
    {"some products", MOCK_PRODUCTS, "GET", "/products?limit=2", 200, .records = 2},
    {"an order", MOCK_ORDERS, "GET", "/orders/o7", 200, .id = "o7"},
    {"a user's orders", MOCK_ORDERS, "GET", "/orders?userId=u1", 200, .records = 6},
    {"the latest", MOCK_ORDERS, "GET", "/orders?userId=u1&limit=5", 200, .records = 5},
    {"a limit first", MOCK_ORDERS, "GET", "/orders?limit=3&userId=u1", 200, .records = 3},
    {"a limit that is not reached", MOCK_ORDERS, "GET", "/orders?userId=u4&limit=5", 200,
     .records = 1},
    {"a limit of none", MOCK_ORDERS, "GET", "/orders?userId=u1&limit=0", 200, .records = 0},
    {"a limit that is none", MOCK_ORDERS, "GET", "/orders?userId=u1&limit=few", .status = 400},
    {"an unknown user's orders", MOCK_ORDERS, "GET", "/orders?userId=u999", 200, .records = 0},
    {"nobody's orders", MOCK_ORDERS, "GET", "/orders?userId=", 200, .records = 0},
    {"nobody's, without a sign", MOCK_ORDERS, "GET", "/orders?userId", 200, .records = 0},
    {"a decoded parameter", MOCK_ORDERS, "GET", "/orders?userId=%75%31&limit=1", 200, .records = 1},
    {"reviews", MOCK_REVIEWS, "GET", "/reviews?productId=p1", 200, .records = 4},
    {"no reviews", MOCK_REVIEWS, "GET", "/reviews?productId=p12", 200, .records = 0},
    {"stock", MOCK_INVENTORY, "GET", "/inventory/p1", 200, .id = "p1"},
    {"stock of nothing", MOCK_INVENTORY, "GET", "/inventory/p999", .status = 404},
    {"recommendations", MOCK_RECOMMENDATIONS, "GET", "/recommendations/u1", 200, .records = 4},
    {"none for a stranger", MOCK_RECOMMENDATIONS, "GET", "/recommendations/u999", 200,
     .records = 0},
    {"notifications", MOCK_NOTIFICATIONS, "GET", "/notifications/u1", 200, .records = 6},
    {"unread ones", MOCK_NOTIFICATIONS, "GET", "/notifications/u1?unread=true", 200, .records = 3},
    {"all are read", MOCK_NOTIFICATIONS, "GET", "/notifications/u4?unread=true", 200, .records = 0},
    {"all of them", MOCK_NOTIFICATIONS, "GET", "/notifications/u1?unread=false", 200, .records = 6},
};

static struct mock_answer ask(enum mock_service service, const char *method, const char *target)
{
    struct mock_question question = {
        .service = service, .method = text_of(method), .target = text_of(target)};

    return mock_answer(data, &question, pool);
}

static struct text body_of(const struct mock_answer *answer)
{
    return pool_print(pool, "%.*s%.*s", TEXT_ARGS(answer->begin), (int)answer->end.len,
                      answer->end.len > 0 ? answer->end.at : "");
}

static void answers_as_the_services_will(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct mock_answer answer = ask(cases[i].service, cases[i].method, cases[i].target);
        struct json body = json_of(body_of(&answer));
        const char *id = cases[i].service == MOCK_INVENTORY ? "productId" : "id";
        if (answer.status != cases[i].status || json_length(body) != cases[i].records ||
            (cases[i].id != NULL && !text_is(json_text(json_get(body, id), pool), cases[i].id)))
            fail_msg("%s: %s: %d %.*s", cases[i].why, cases[i].target, answer.status,
                     TEXT_ARGS(json_raw(body)));
    }
}

static const struct {
    const char *why;
    enum mock_service service;
    const char *target, *allow;
} allowed[] = {
    {"a record", MOCK_USERS, "/users/u1", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"},
    {"all records", MOCK_ORDERS, "/orders", "GET, HEAD, POST, OPTIONS"},
    {"a user's list", MOCK_NOTIFICATIONS, "/notifications/u1", "GET, HEAD, OPTIONS"},
    {"health", MOCK_REVIEWS, "/health", "GET, HEAD, OPTIONS"},
    {"a WebSocket", MOCK_REVIEWS, "/ws", "GET, HEAD, OPTIONS"},
};

static void options_and_405_say_what_is_allowed(void **state)
{
    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        struct mock_answer options = ask(allowed[i].service, "OPTIONS", allowed[i].target);
        struct mock_answer refusal = ask(allowed[i].service, "LINK", allowed[i].target);
        if (options.status != 204 || refusal.status != 405 ||
            !text_is(options.allow, allowed[i].allow) || !text_is(refusal.allow, allowed[i].allow))
            fail_msg("%s: %.*s", allowed[i].why, TEXT_ARGS(options.allow));
    }
    assert_null(ask(MOCK_USERS, "GET", "/users").allow.at);
}

static void a_status_of_failure_has_a_body_of_its_own(void **state)
{
    struct mock_answer answer = ask(MOCK_USERS, "GET", "/users/u1");
    struct text user = answer.begin;

    mock_fault_apply(&(struct mock_fault){.status = 201}, pool, &answer);
    assert_int_equal(answer.status, 201);
    assert_true(text_equal(answer.begin, user));
    mock_fault_apply(&(struct mock_fault){.status = 503}, pool, &answer);
    assert_int_equal(answer.status, 503);
    assert_true(text_is(answer.begin, "{\"error\":\"Service Unavailable\",\"status\":503}"));
}

static void large_is_the_same_and_white_space(void **state)
{
    struct mock_answer answer = ask(MOCK_ORDERS, "GET", "/orders?userId=u1&limit=2");

    mock_fault_apply(&(struct mock_fault){.body = MOCK_BODY_LARGE}, pool, &answer);
    assert_int_equal(answer.begin.len, 5 << 20);
    assert_int_equal(answer.end.len, 0);
    assert_int_equal(json_length(json_of(answer.begin)), 2);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_as_the_services_will),
        cmocka_unit_test(options_and_405_say_what_is_allowed),
        cmocka_unit_test(a_status_of_failure_has_a_body_of_its_own),
        cmocka_unit_test(large_is_the_same_and_white_space),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
