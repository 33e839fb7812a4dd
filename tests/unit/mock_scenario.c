/* Tests of reading scenarios: what is accepted, and the mistakes with their lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/base/memory.h"
#include "fixtures/mock_scenario_read.h"

static struct mock_scenario *read(const char *text, struct mistakes *mistakes)
{
    *mistakes = (struct mistakes){0};
    return mock_scenario_read(TEXT("test"), "test.yaml", text_of(text), mistakes);
}

static struct mock_scenario *read_good(const char *text)
{
    struct mistakes mistakes;
    struct mock_scenario *scenario = read(text, &mistakes);

    if (scenario == NULL)
        fail_msg("%s: %s", text, mistakes.lines[0]);
    assert_int_equal(mistakes.count, 0);
    return scenario;
}

static const char whole[] =
    "about: everything # a comment\n"
    "seed: 7\n"
    "time: 2026-11-28T12:00:00Z\n"
    "stateful: true\n"
    "templates: false\n"
    "delay: 20ms\n"
    "services:\n"
    "  inventory: { delay: { p50: 1ms, p95: 2ms }, mock: status=503 }\n"
    "  reviews: { proxy: 'https://reviews.internal', proxy_first: true, record: true }\n"
    "  users:\n"
    "redact: [email, phone]\n"
    "parts: { reviews: breaker_open, user: 'delay=300ms' }\n"
    "answers:\n"
    "  - service: inventory\n"
    "    method: GET\n"
    "    target: /inventory/:id?warehouse=a\n"
    "    query: { limit: 5, all: '*', on: true }\n"
    "    status: 201\n"
    "    body: { id: \"{{nothing}}\", price: 1.10, list: [1, '2', yes] }\n"
    "    headers: { X-Count: 3, content-type: text/csv }\n"
    "    delay: 12ms\n"
    "    body_delay: 3ms\n"
    "    fate: truncate\n"
    "    times: 1\n"
    "    total: 2\n"
    "  - { service: users, text: 'hello' }\n";

static void a_whole_scenario(void **state)
{
    struct mock_scenario *scenario = read_good(whole);
    const struct mock_scenario_service *inventory = &scenario->services[MOCK_INVENTORY];
    const struct mock_scenario_service *reviews = &scenario->services[MOCK_REVIEWS];

    assert_true(text_is(scenario->name, "test") && text_is(scenario->about, "everything"));
    assert_int_equal(scenario->seed, 7);
    assert_int_equal(scenario->time_ms, INT64_C(1795867200000));
    assert_true(scenario->is_stateful && !scenario->has_templates);
    assert_int_equal(scenario->delay.p50_us, 20000);
    assert_true(inventory->delay.is_random && text_is(inventory->words, "status=503"));
    assert_true(reviews->records && reviews->has_proxy && reviews->is_proxy_first);
    assert_string_equal(reviews->proxy.url, "https://reviews.internal");
    assert_true(text_is(scenario->redact, " email phone"));
    assert_true(text_is(scenario->parts, "part:reviews breaker_open; part:user delay=300ms"));
    assert_int_equal(scenario->answer_count, 2);
    mock_scenario_release(scenario);
}

static void a_whole_row(void **state)
{
    struct mock_scenario *scenario = read_good(whole);
    const struct mock_scenario_answer *row = &scenario->answers[0];

    assert_int_equal(row->service, MOCK_INVENTORY);
    assert_true(text_is(row->method, "GET") && text_is(row->target.path, "/inventory/:id"));
    assert_int_equal(row->target.query.count, 4);
    assert_true(text_is(mock_target_value(&row->target.query, TEXT("limit")), "5"));
    assert_true(text_is(mock_target_value(&row->target.query, TEXT("on")), "true"));
    assert_int_equal(row->status, 201);
    assert_true(text_is(json_raw(json_get(row->body, "price")), "1.10"));
    assert_true(text_is(json_raw(json_get(row->body, "list")), "[1,\"2\",\"yes\"]"));
    assert_int_equal(row->field_count, 2);
    assert_true(text_is(row->fields[0].name, "x-count") && text_is(row->fields[0].value, "3"));
    assert_true(row->delay.p50_us == 12000 && row->body_delay.p50_us == 3000);
    assert_true(text_is(row->fate, "truncate") && row->times == 1 && row->total == 2);
    assert_true(text_is(scenario->answers[1].text, "hello"));
    assert_int_equal(scenario->answers[1].service, MOCK_USERS);
    mock_scenario_release(scenario);
}

static void little_is_enough(void **state)
{
    static const char *const little[] = {
        "",          "# nothing\n", "{}",
        "about:\n",  "answers: []", "{\"name\":\"x\",\"answers\":null}",
        "delay: 0ms"};

    for (size_t i = 0; i < sizeof(little) / sizeof(little[0]); i++) {
        struct mock_scenario *scenario = read_good(little[i]);
        assert_true(scenario->has_templates && scenario->answer_count == 0);
        mock_scenario_release(scenario);
    }
}

/* The bytes of JSON are not changed, and it may have what YAML cannot have. */
static void json_is_read_as_it_is(void **state)
{
    struct mock_scenario *scenario = read_good(
        "{\"answers\":[{\"service\":\"users\",\"body\": { \"a\":\"\\ud83d\\ude00\\/\" } }]}");

    assert_true(text_is(json_raw(scenario->answers[0].body), "{ \"a\":\"\\ud83d\\ude00\\/\" }"));
    mock_scenario_release(scenario);
}

static const struct {
    const char *text, *want;
} mistakes_in[] = {
    {"abut: x\n", "test.yaml:1: \"abut\": unknown name; did you mean \"about\"?"},
    {"a\n", "test.yaml:1: expected a mapping with some of: about, name, seed, time, stateful, "
            "templates, delay, services, parts, answers, redact"},
    {"a: [\n",
     "test.yaml:2:1: this is not YAML: did not find expected node content while parsing a "
     "flow node"},
    {"\n\nseed: x\n", "test.yaml:3: seed: expected a whole number from 0 to 9007199254740992"},
    {"time: today\n", "test.yaml:1: time: expected a time such as 2026-11-28T12:00:00Z"},
    {"stateful: 1\n", "test.yaml:1: stateful: expected true or false"},
    {"about: [a]\n", "test.yaml:1: about: expected a text; perhaps quotes are missing"},
    {"delay: 20\n", "test.yaml:1: delay: a duration needs a unit: us, ms or s"},
    {"delay: 2h\n",
     "test.yaml:1: delay: expected a duration such as 20ms, 1.5s or 250us, 600s at most"},
    {"delay: { p50: 2s, p95: 1s }\n",
     "test.yaml:1: delay: expected p50 and p95, perhaps p99, the smallest first and above 0"},
    {"delay: { p50: 2s }\n",
     "test.yaml:1: delay: expected p50 and p95, perhaps p99, the smallest first and above 0"},
    {"delay: { p5: 2s }\n", "test.yaml:1: delay: \"p5\": unknown name; did you mean \"p50\"?"},
    {"delay:\n  p50: 1\n", "test.yaml:2: delay.p50: a duration needs a unit: us, ms or s"},
    {"services:\n  user: {}\n", "test.yaml:2: services: \"user\": unknown service; did you mean "
                                "\"users\"?"},
    {"services: { users: { prxy: a } }\n",
     "test.yaml:1: services.users: \"prxy\": unknown name; did you mean \"proxy\"?"},
    {"services: { users: { proxy: users:80 } }\n",
     "test.yaml:1: services.users.proxy: it does not begin with http:// or https://"},
    {"services: { users: { mock: explode } }\n",
     "test.yaml:1: services.users.mock: X-Mock: unknown word 'explode'; known are delay=, status=, "
     "times=, done, reset, hang, truncate, bad-json, html, large, redirect"},
    {"parts: { a: 'reset; users reset' }\n",
     "test.yaml:1: parts.a: expected words such as \"timeout\" or \"delay=300ms\""},
    {"answers: {}\n", "test.yaml:1: answers: expected a list of at most 10000 answers"},
    {"answers:\n  - target: /a\n", "test.yaml:2: answers[0]: \"service\" is missing"},
    {"answers:\n  - service: users\n    target: a\n",
     "test.yaml:3: answers[0].target: it must begin with /"},
    {"answers:\n  - service: users\n  - service: users\n    stauts: 200\n",
     "test.yaml:4: answers[1]: \"stauts\": unknown name; did you mean \"status\"?"},
    {"answers: [{ service: users, status: 99 }]\n",
     "test.yaml:1: answers[0].status: expected a whole number from 100 to 599"},
    {"answers: [{ service: users, method: get }]\n",
     "test.yaml:1: answers[0].method: expected GET, POST, PUT, PATCH or DELETE"},
    {"answers: [{ service: users, body: {}, text: a }]\n",
     "test.yaml:1: answers[0]: only one of body, text and change is possible"},
    {"answers: [{ service: users, change: [] }]\n",
     "test.yaml:1: answers[0].change: expected a mapping with members"},
    {"answers: [{ service: users, headers: { Content-Length: 3 } }]\n",
     "test.yaml:1: answers[0].headers: the mock services write this field themselves"},
    {"answers: [{ service: users, headers: { 'a b': c } }]\n",
     "test.yaml:1: answers[0].headers: this is no field of a header"},
    {"answers:\n  - service: users\n    target: /users/:id\n    body:\n      a:\n        - ok\n"
     "        - '{{idd}}'\n",
     "test.yaml:7: answers[0]: {{idd}}: unknown word; did you mean \"id\"?"},
    {"answers: [{ service: users, times: 0 }]\n",
     "test.yaml:1: answers[0].times: expected a whole number from 1 to 1000000"},
};

static void mistakes_have_their_lines(void **state)
{
    for (size_t i = 0; i < sizeof(mistakes_in) / sizeof(mistakes_in[0]); i++) {
        struct mistakes mistakes;
        struct mock_scenario *scenario = read(mistakes_in[i].text, &mistakes);
        if (scenario != NULL || strcmp(mistakes.lines[0], mistakes_in[i].want) != 0)
            fail_msg("%s: %s", mistakes_in[i].text, scenario ? "accepted" : mistakes.lines[0]);
        mistakes_free(&mistakes);
    }
}

static void all_mistakes_are_told(void **state)
{
    struct mistakes mistakes;

    assert_null(read("abut: a\nseed: -1\nanswers: [{ service: user }, { service: users, to: a }]\n",
                     &mistakes));
    assert_int_equal(mistakes.count, 4);
    mistakes_free(&mistakes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_scenario),          cmocka_unit_test(a_whole_row),
        cmocka_unit_test(little_is_enough),          cmocka_unit_test(json_is_read_as_it_is),
        cmocka_unit_test(mistakes_have_their_lines), cmocka_unit_test(all_mistakes_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
