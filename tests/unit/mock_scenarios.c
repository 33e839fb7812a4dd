/* Tests of the list of scenarios: what is known, what is the current one, and threads that change
 * it while others use it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>

#include "fixtures/mock_play.h"
#include "fixtures/mock_scenarios.h"

#define ROUNDS 300
#define CHANGERS 3
#define POOLS_KEPT 16 /* number of memory chunks that h2o keeps for a thread */

static struct mock_scenarios *scenarios;
static struct pool *pool;

static struct text put(const char *wanted)
{
    return mock_scenarios_put(scenarios, text_of(wanted), pool);
}

static void assert_current(const char *name)
{
    struct mock_scenario *current = mock_scenarios_current(scenarios);

    assert_true(name == NULL ? current == NULL : text_is(current->name, name));
    mock_scenario_release(current);
}

static void the_shop_has_scenarios(void **state)
{
    struct json list = json_of(mock_scenarios_print(scenarios, pool));

    assert_true(json_is(json_get(list, "current"), JSON_NULL));
    assert_int_equal(json_length(json_get(list, "known")), 5);
    json_each (known, json_get(list, "known"))
        assert_true(json_text(json_get(known, "about"), pool).len > 10);
}

static void one_is_made_the_current_one(void **state)
{
    assert_null(put("{\"name\":\"sold-out\"}").at);
    assert_current("sold-out");
    assert_null(put("{\"scenario\":{\"name\":\"mine\"}}").at);
    assert_current("mine");
    assert_null(put("{\"name\":\"none\"}").at);
    assert_current(NULL);
    assert_null(put("{\"name\":\"mine\"}").at);
    assert_current("mine");
    assert_null(put("{\"name\":null}").at);
    assert_current(NULL);
}

static const struct {
    const char *wanted, *error;
} refused[] = {
    {"", "expected JSON: {\"name\":\"...\"}, {\"name\":null} or {\"scenario\":{...}}"},
    {"{\"name\":", "expected JSON: {\"name\":\"...\"}, {\"name\":null} or {\"scenario\":{...}}"},
    {"[]", "expected {\"name\":\"...\"}, {\"name\":null} or {\"scenario\":{...}}"},
    {"{\"name\":1}", "expected {\"name\":\"...\"}, {\"name\":null} or {\"scenario\":{...}}"},
    {"{\"scenario\":1}",
     "a scenario needs a \"name\": letters, digits, '-', '_' and '.', 64 at most"},
    {"{\"scenario\":{\"name\":\"none\"}}",
     "a scenario needs a \"name\": letters, digits, '-', '_' and '.', 64 at most"},
    {"{\"scenario\":{\"name\":\"a b\"}}",
     "a scenario needs a \"name\": letters, digits, '-', '_' and '.', 64 at most"},
    {"{\"scenario\":{\"name\":\"a\",\n\"delay\":1}}",
     "scenario:2: delay: a duration needs a unit: us, ms or s"},
    {"{\"name\":\"a\\u0000\"}", "no scenario is called '?'; known are none, checkout-day, "
                                "empty-cart, new-user, slow-evening, sold-out, mine"},
};

static void what_is_wrong_is_told(void **state)
{
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct text error = put(refused[i].wanted);
        if (!text_is(error, refused[i].error))
            fail_msg("%s: %.*s", refused[i].wanted, TEXT_ARGS(error));
    }
    assert_current(NULL);
}

/* Threads. One of them is that of the mock services, which plays. */

/* What h2o keeps of memory for a thread when it ends, so that it can be freed: see mock.c. */
static void leave_chunks(struct pool **left)
{
    for (size_t i = 0; i < POOLS_KEPT; i++) {
        left[i] = pool_new();
        pool_take(left[i], 1);
    }
}

static void *change(void *left)
{
    static const char whole[] = "{\"scenario\":{\"name\":\"x\",\"stateful\":true,\"answers\":["
                                "{\"service\":\"users\",\"body\":1}]}}";
    static const char *const wanted[] = {whole, "{\"name\":\"x\"}", "{\"name\":null}",
                                         "{\"name\":\"checkout-day\"}"};
    struct pool *own = pool_new();

    for (size_t i = 0; i < ROUNDS; i++) {
        mock_scenarios_put(scenarios, text_of(wanted[i % 4]), own);
        mock_scenarios_print(scenarios, own);
    }
    pool_free(own);
    leave_chunks(left);
    return NULL;
}

static void play_current(struct pool *own)
{
    struct mock_question question = {.method = TEXT("GET"), .target = TEXT("/users/u1")};
    struct mock_scenario *current = mock_scenarios_current(scenarios);
    struct mock_scene scene;

    if (current == NULL)
        return;
    mock_play_begin(current);
    mock_play_scene(current, &question, TEXT("id"), own, &scene);
    mock_scenario_release(current);
}

static void threads_change_it(void **state)
{
    pthread_t threads[CHANGERS];
    struct pool *left[CHANGERS][POOLS_KEPT];
    struct pool *own = pool_new();

    for (size_t i = 0; i < CHANGERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, change, left[i]), 0);
    for (size_t i = 0; i < ROUNDS; i++)
        play_current(own);
    for (size_t i = 0; i < CHANGERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < CHANGERS * POOLS_KEPT; i++)
        pool_free(left[i / POOLS_KEPT][i % POOLS_KEPT]);
    assert_null(put("{\"name\":null}").at);
    pool_free(own);
}

static int set_up(void **state)
{
    char error[512];

    pool = pool_new();
    scenarios = mock_scenarios_load(SOURCE_DIR "/fixtures", error, sizeof(error));
    return scenarios == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    mock_scenarios_free(scenarios);
    pool_free(pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shop_has_scenarios),
        cmocka_unit_test(one_is_made_the_current_one),
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(threads_change_it),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
