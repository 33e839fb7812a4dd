/* Tests of the answers of the mock services to requests for changes. The data does not change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixtures/mock_answer.h"
#include "fixtures/mock_object.h"

static struct mock_data *data;
static struct pool *pool;

static struct mock_answer change(const char *method, const char *target, const char *body)
{
    struct mock_question question = {.service = MOCK_ORDERS,
                                     .method = text_of(method),
                                     .target = text_of(target),
                                     .body = text_of(body)};

    return mock_answer(data, &question, pool);
}

static const struct {
    const char *why, *method, *target, *body;
    int status;
    const char *want; /* NULL: not looked at */
} cases[] = {
    {"a record in place of another", "PUT", "/orders/o1", " {\"a\": 1.10} ", 200, "{\"a\": 1.10}"},
    {"a record for a stranger", "PUT", "/orders/o999", "{}", 404, NULL},
    {"no object", "PUT", "/orders/o1", "[]", 400, "{\"error\":\"Bad request\"}"},
    {"no JSON", "PATCH", "/orders/o1", "{", 400, "{\"error\":\"Bad request\"}"},
    {"no body", "POST", "/orders", NULL, 400, "{\"error\":\"Bad request\"}"},
    {"a new one", "POST", "/orders", "{\"total\":1.10}", 201, "{\"id\":\"o19\",\"total\":1.10}"},
    {"a new one of nothing", "POST", "/orders", "{}", 201, "{\"id\":\"o19\"}"},
    {"ids are not for clients to choose", "POST", "/orders", "{\"i\\u0064\":7,\"b\":[]}", 201,
     "{\"id\":\"o19\",\"b\":[]}"},
    {"one less", "DELETE", "/orders/o1", NULL, 204, ""},
    {"one that never was", "DELETE", "/orders/o999", NULL, 404, NULL},
};

static void changes_are_answered(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct mock_answer answer = change(cases[i].method, cases[i].target, cases[i].body);
        if (answer.status != cases[i].status ||
            (cases[i].want != NULL && !text_is(answer.begin, cases[i].want)))
            fail_msg("%s: %d %.*s", cases[i].why, answer.status, TEXT_ARGS(answer.begin));
    }
}

static void a_new_record_has_a_place(void **state)
{
    struct mock_answer answer = change("POST", "/orders", "{}");

    assert_true(text_is(answer.location, "/orders/o19"));
}

static void nothing_is_kept(void **state)
{
    struct text before = change("GET", "/orders/o1", NULL).begin;

    change("PATCH", "/orders/o1", "{\"status\":\"lost\"}");
    change("DELETE", "/orders/o1", NULL);
    assert_true(text_equal(change("GET", "/orders/o1", NULL).begin, before));
    assert_int_equal(change("GET", "/orders/o19", NULL).status, 404);
}

static void a_patch_is_merged(void **state)
{
    struct json order = json_of(change("GET", "/orders/o1", NULL).begin);
    struct json patched =
        json_of(change("PATCH", "/orders/o1", "{\"note\":1e2,\"status\":\"lost\"}").begin);

    assert_true(text_is(json_text(json_get(patched, "status"), pool), "lost"));
    assert_true(text_is(json_raw(json_get(patched, "note")), "1e2"));
    assert_true(
        text_equal(json_raw(json_get(patched, "total")), json_raw(json_get(order, "total"))));
    assert_int_equal(json_length(json_get(patched, "items")),
                     json_length(json_get(order, "items")));
}

static const struct {
    const char *why, *object, *change, *want;
} merges[] = {
    {"nothing", "{}", "{}", "{}"},
    {"in its old place", "{\"a\":1,\"b\":2}", "{\"a\":{}}", "{\"a\":{},\"b\":2}"},
    {"new ones behind", "{\"a\":1}", "{\"c\":3,\"b\":2}", "{\"a\":1,\"c\":3,\"b\":2}"},
    {"null is a value", "{\"a\":1}", "{\"a\":null}", "{\"a\":null}"},
};

static void members_are_merged(void **state)
{
    for (size_t i = 0; i < sizeof(merges) / sizeof(merges[0]); i++) {
        struct text merged = mock_object_merge(json_of(text_of(merges[i].object)),
                                               json_of(text_of(merges[i].change)), pool);
        if (!text_is(merged, merges[i].want))
            fail_msg("%s: %.*s", merges[i].why, TEXT_ARGS(merged));
    }
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
        cmocka_unit_test(changes_are_answered), cmocka_unit_test(a_new_record_has_a_place),
        cmocka_unit_test(nothing_is_kept),      cmocka_unit_test(a_patch_is_merged),
        cmocka_unit_test(members_are_merged),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
