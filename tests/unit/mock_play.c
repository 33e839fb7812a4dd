/* Tests of scenarios at work: which row a request gets and how often, what it becomes, and what is
 * there after changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixtures/mock_play.h"
#include "fixtures/mock_scenario_read.h"

static struct mock_data *data;
static struct mock_scenario *scenario;
static struct pool *pool;

static void use(const char *text)
{
    struct mistakes mistakes = {0};

    mock_scenario_release(scenario);
    scenario = mock_scenario_read(TEXT("test"), "test", text_of(text), &mistakes);
    if (scenario == NULL)
        fail_msg("%s", mistakes.lines[0]);
}

static enum mock_service service_of(struct text target)
{
    for (enum mock_service i = MOCK_USERS; i < MOCK_SERVICES; i++)
        if (text_starts(target, text_of(mock_kinds[i].path)))
            return i;
    return MOCK_INVENTORY; /* its reservations */
}

/* What a request gets, without the sending. */
static struct mock_answer ask(const char *method, const char *target, const char *body,
                              const char *id)
{
    struct mock_question question = {
        .service = service_of(text_of(target)),
        .method = text_of(method),
        .target = text_of(target),
        .body = text_of(body),
    };
    struct mock_answer answer = {.status = 200};
    struct mock_scene scene;

    mock_play_begin(scenario);
    question.ledger = mock_play_ledger(scenario);
    mock_play_scene(scenario, &question, text_of(id), pool, &scene);
    if (!mock_play_has_body(&scene))
        answer = mock_answer(data, &question, pool);
    mock_play_apply(&scene, &question, pool, &answer);
    return answer;
}

static void assert_answer(struct mock_answer answer, int status, const char *body)
{
    if (answer.status != status || !text_is(answer.begin, body))
        fail_msg("%d %.*s", answer.status, TEXT_ARGS(answer.begin));
}

static void the_first_row_that_fits_answers(void **state)
{
    use("answers:\n"
        "  - { service: users, method: POST, body: 1 }\n"
        "  - { service: users, target: /users/u1, body: 2 }\n"
        "  - { service: users, target: '/users/:id', status: 404 }\n"
        "  - { service: orders, query: { userId: u1 }, text: 'three' }\n");
    assert_answer(ask("POST", "/users", "{}", NULL), 200, "1");
    assert_answer(ask("GET", "/users/u1", NULL, NULL), 200, "2");
    assert_answer(ask("GET", "/users/u2", NULL, NULL), 404,
                  "{\"error\":\"Not Found\",\"status\":404}");
    assert_answer(ask("GET", "/orders?limit=1&userId=u1", NULL, NULL), 200, "three");
    assert_int_equal(ask("GET", "/orders/o1", NULL, NULL).begin.at[0], '{');
}

static void rows_are_used_up(void **state)
{
    use("answers:\n"
        "  - { service: users, times: 1, body: first }\n"
        "  - { service: users, total: 3, body: three }\n"
        "  - { service: users, body: rest }\n");
    assert_answer(ask("GET", "/users/u1", NULL, "a"), 200, "\"first\"");
    assert_answer(ask("GET", "/users/u1", NULL, "a"), 200, "\"three\"");
    assert_answer(ask("GET", "/users/u1", NULL, "b"), 200, "\"first\"");
    assert_answer(ask("GET", "/users/u1", NULL, "a"), 200, "\"three\"");
    assert_answer(ask("GET", "/users/u1", NULL, "b"), 200, "\"three\"");
    assert_answer(ask("GET", "/users/u1", NULL, "b"), 200, "\"rest\"");
    atomic_fetch_add(&scenario->begun, 1); /* it begins anew */
    assert_answer(ask("GET", "/users/u1", NULL, "a"), 200, "\"first\"");
}

static void change_replaces_members_of_the_data(void **state)
{
    use("answers:\n"
        "  - { service: inventory, change: { quantity: 0, new: '{{today}}' } }\n"
        "  - { service: reviews, change: { rating: 1 } }\n"
        "time: 2026-11-28T12:00:00Z\n");
    assert_answer(ask("GET", "/inventory/p1", NULL, NULL), 200,
                  "{\"productId\":\"p1\",\"quantity\":0,\"warehouse\":\"HAM-1\",\"reserved\":2,"
                  "\"restockAt\":null,\"new\":\"2026-11-28\"}");
    assert_int_equal(ask("GET", "/inventory/p99", NULL, NULL).status, 404);
    struct json list = json_of(ask("GET", "/reviews?productId=p1&limit=2", NULL, NULL).begin);
    assert_int_equal(json_length(list), 2);
    json_each (review, list)
        assert_true(text_is(json_raw(json_get(review, "rating")), "1"));
}

static void fields_are_filled(void **state)
{
    use("answers:\n"
        "  - service: users\n"
        "    target: /users/:id\n"
        "    body: {}\n"
        "    headers: { content-type: text/csv, cache-control: no-store, x-id: 'a{{id}}',\n"
        "               x-query: '{{query.q}}' }\n");
    struct mock_answer answer = ask("GET", "/users/u1?q=a%0d%0ab", NULL, NULL);
    assert_true(text_is(answer.type, "text/csv") && text_is(answer.cache, "no-store"));
    assert_int_equal(answer.field_count, 1); /* a line break is no part of a field */
    assert_true(text_is(answer.fields[0].value, "au1"));
}

/* GET is always the same; a change is another one each time, but the same again after a new
 * begin. */
static void random_values_follow_from_the_request(void **state)
{
    use("{ seed: 3, answers: [{ service: users, body: '{{uuid}}' }] }");
    struct text one = ask("GET", "/users/u1", NULL, "a").begin;
    struct text other = ask("GET", "/users/u2", NULL, "a").begin;
    struct text made = ask("POST", "/users", "{}", NULL).begin;
    struct text next = ask("POST", "/users", "{}", NULL).begin;

    assert_true(text_equal(one, ask("GET", "/users/u1", NULL, "b").begin));
    assert_false(text_equal(one, other));
    assert_false(text_equal(made, next));
    atomic_fetch_add(&scenario->begun, 1);
    assert_true(text_equal(made, ask("POST", "/users", "{}", NULL).begin));
    use("{ seed: 4, answers: [{ service: users, body: '{{uuid}}' }] }");
    assert_false(text_equal(one, ask("GET", "/users/u1", NULL, "a").begin));
}

static void lists_have_what_was_created(void **state)
{
    use("stateful: true");
    assert_answer(ask("POST", "/orders", "{\"userId\":\"u8\",\"n\":1}", NULL), 201,
                  "{\"id\":\"o19\",\"userId\":\"u8\",\"n\":1}");
    ask("POST", "/orders", "{\"userId\":\"u8\",\"n\":2}", NULL);
    assert_answer(ask("GET", "/orders?userId=u8", NULL, NULL), 200,
                  "[{\"id\":\"o20\",\"userId\":\"u8\",\"n\":2},"
                  "{\"id\":\"o19\",\"userId\":\"u8\",\"n\":1}]");
    assert_answer(ask("PATCH", "/orders/o19", "{\"n\":3}", NULL), 200,
                  "{\"id\":\"o19\",\"userId\":\"u8\",\"n\":3}");
    assert_int_equal(ask("DELETE", "/orders/o20", NULL, NULL).status, 204);
    assert_int_equal(ask("GET", "/orders/o20", NULL, NULL).status, 404);
    assert_int_equal(ask("DELETE", "/orders/o20", NULL, NULL).status, 404);
    assert_answer(ask("GET", "/orders?userId=u8", NULL, NULL), 200,
                  "[{\"id\":\"o19\",\"userId\":\"u8\",\"n\":3}]");
    assert_int_equal(json_length(json_of(ask("GET", "/orders", NULL, NULL).begin)), 19);
}

static void records_of_the_files_change(void **state)
{
    use("stateful: true");
    assert_int_equal(ask("DELETE", "/orders/o18", NULL, NULL).status, 204);
    assert_int_equal(ask("PATCH", "/orders/o15", "{\"userId\":\"u8\"}", NULL).status, 200);
    struct json mine = json_of(ask("GET", "/orders?userId=u8", NULL, NULL).begin);
    assert_int_equal(json_length(mine), 1);
    assert_true(text_is(json_text(json_get(json_item(mine, 0), "id"), pool), "o15"));
    assert_int_equal(json_length(json_of(ask("GET", "/orders", NULL, NULL).begin)), 17);
    assert_answer(ask("PUT", "/users/u1", "{\"id\":\"u1\"}", NULL), 200, "{\"id\":\"u1\"}");
    assert_answer(ask("GET", "/users/u1", NULL, NULL), 200, "{\"id\":\"u1\"}");
    use("stateful: true"); /* another one has its own state */
    assert_int_equal(ask("GET", "/orders/o18", NULL, NULL).status, 200);
}

static void a_notification_is_in_the_list_of_its_user(void **state)
{
    use("stateful: true");
    ask("POST", "/notifications", "{\"userId\":\"u8\",\"read\":false}", NULL);
    ask("POST", "/notifications", "{\"userId\":\"u7\",\"read\":true}", NULL);
    struct json mine = json_of(ask("GET", "/notifications/u8?unread=true", NULL, NULL).begin);
    assert_int_equal(json_length(mine), 1);
    struct json theirs = json_of(ask("GET", "/notifications/u7?limit=1", NULL, NULL).begin);
    assert_true(json_is(json_get(json_item(theirs, 0), "read"), JSON_TRUE));
}

static void a_reservation_takes_from_the_stock(void **state)
{
    static const char want[] = "{\"items\":[{\"productId\":\"p8\",\"quantity\":4}]}";

    use("stateful: true");
    assert_int_equal(ask("POST", "/reservations", want, NULL).status, 201);
    assert_answer(ask("POST", "/reservations", want, NULL), 409,
                  "{\"error\":\"Out of stock\",\"productId\":\"p8\"}");
    struct json stock = json_of(ask("GET", "/inventory/p8", NULL, NULL).begin);
    assert_true(text_is(json_raw(json_get(stock, "quantity")), "1"));
    assert_int_equal(ask("DELETE", "/reservations/r1", NULL, NULL).status, 204);
    assert_int_equal(ask("DELETE", "/reservations/r1", NULL, NULL).status, 204);
    stock = json_of(ask("GET", "/inventory/p8", NULL, NULL).begin);
    assert_true(text_is(json_raw(json_get(stock, "quantity")), "5"));
    assert_int_equal(ask("POST", "/reservations", want, NULL).status, 201);
}

static int set_up(void **state)
{
    char error[256];

    pool = pool_new();
    data = mock_data_load(SOURCE_DIR "/fixtures", error, sizeof(error));
    return data == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    mock_scenario_release(scenario);
    mock_data_free(data);
    pool_free(pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_row_that_fits_answers),
        cmocka_unit_test(rows_are_used_up),
        cmocka_unit_test(change_replaces_members_of_the_data),
        cmocka_unit_test(fields_are_filled),
        cmocka_unit_test(random_values_follow_from_the_request),
        cmocka_unit_test(lists_have_what_was_created),
        cmocka_unit_test(records_of_the_files_change),
        cmocka_unit_test(a_notification_is_in_the_list_of_its_user),
        cmocka_unit_test(a_reservation_takes_from_the_stock),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
