/* Tests of patterns of targets and of templates: what fits, what a template becomes, and which
 * mistakes are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixtures/mock_template.h"

#define NOW INT64_C(1795867200000) /* 2026-11-28T12:00:00Z */

static struct pool *pool;

static const struct {
    const char *pattern, *asked;
    const char *id; /* NULL: they do not fit */
} fits[] = {
    {"/orders/:id", "/orders/o1", "o1"},
    {"/orders/:id", "/orders/o1?limit=3", "o1"},
    {"/orders/:id", "/orders/a%20b", "a b"},
    {"/orders/:id", "/orders/", NULL},
    {"/orders/:id", "/orders", NULL},
    {"/orders/:id", "/orders/o1/items", NULL},
    {"/orders/:id", "/orders/%zz", NULL},
    {"/orders/:id/items", "/orders/o1/items", "o1"},
    {"/orders/*", "/orders/o1/items", ""},
    {"/orders/*", "/orders", NULL},
    {"/orders/%3Aid", "/orders/:id", ""},
    {"/orders/%3Aid", "/orders/o1", NULL},
    {"/caf%C3%A9", "/caf%c3%a9", ""},
    {"/reviews?productId=p1", "/reviews?limit=2&productId=p1", ""},
    {"/reviews?productId=p1", "/reviews?productId=p2", NULL},
    {"/reviews?productId=p1", "/reviews", NULL},
    {"/reviews?productId=*", "/reviews?productId=p2", ""},
    {"/reviews?productId=*", "/reviews?productid=p2", NULL},
    {"/reviews?q=a+b", "/reviews?q=a%20b", ""},
    {"/reviews?unread", "/reviews?unread", ""},
    {"/", "/", ""},
};

static void targets_fit_patterns(void **state)
{
    for (size_t i = 0; i < sizeof(fits) / sizeof(fits[0]); i++) {
        struct mock_target target = {0};
        struct mock_target_values params;
        assert_null(mock_target_read(text_of(fits[i].pattern), pool, &target));
        bool is_fit = mock_target_fits(&target, text_of(fits[i].asked), pool, &params);
        struct text id = mock_target_value(&params, TEXT("id"));
        if (is_fit != (fits[i].id != NULL) || (is_fit && !text_is(id, fits[i].id)))
            fail_msg("%s: %s: %d %.*s", fits[i].pattern, fits[i].asked, is_fit, TEXT_ARGS(id));
    }
}

static void any_target_fits_no_pattern(void **state)
{
    struct mock_target target = {0};
    struct mock_target_values params;

    assert_true(mock_target_fits(&target, TEXT("/a/b?c"), pool, &params));
}

static void wrong_patterns_are_told(void **state)
{
    static const char *const wrong[] = {
        "", "orders", "/*/a", "/:a/:b/:c/:d/:e/:f/:g/:h/:i", "/a?b=%z", "/a?a&b&c&d&e&f&g&h&i",
    };

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct mock_target target = {0};
        if (mock_target_read(text_of(wrong[i]), pool, &target) == NULL)
            fail_msg("%s is accepted", wrong[i]);
    }
}

/* Fills ${value}, JSON with templates. */
static struct text fill(const char *value)
{
    static struct mock_target_values params;
    static struct mock_target target;
    struct mock_template with = {
        .pool = pool,
        .target = &target,
        .params = &params,
        .asked = TEXT("/orders/o7?userId=u%201&n=5"),
        .body =
            json_of(TEXT("{\"items\":[{\"id\":\"p\\u0031\",\"n\":2}],\"ok\":true,\"no\":null}")),
        .now_ms = NOW,
        .random = {.state = {7, 8}},
    };
    struct json_print out;

    target = (struct mock_target){0};
    assert_null(mock_target_read(TEXT("/orders/:id"), pool, &target));
    assert_true(mock_target_fits(&target, with.asked, pool, &params));
    json_print_init(&out, pool);
    mock_template_print(&with, &out, json_of(text_of(value)));
    return json_print_text(&out);
}

static const struct {
    const char *value, *want;
} filled[] = {
    {"{ \"a\" : [ 1.10 , null , true ] }", "{\"a\":[1.10,null,true]}"},
    {"\"{{id}}\"", "\"o7\""},
    {"\"no {{ id }}!\"", "\"no o7!\""},
    {"\"{{query.userId}}\"", "\"u 1\""},
    {"\"{{query.n}}\"", "\"5\""},
    {"\"{{query.other}}\"", "null"},
    {"\"<{{query.other}}>\"", "\"<>\""},
    {"\"{{body.items}}\"", "[{\"id\":\"p\\u0031\",\"n\":2}]"},
    {"\"{{body.items.0.id}}\"", "\"p\\u0031\""},
    {"\"{{body.items.0.id}}-{{body.items.0.n}}\"", "\"p1-2\""},
    {"\"{{body.items.1.id}}\"", "null"},
    {"\"{{body.ok}} {{body.no}}.\"", "\"true .\""},
    {"\"{{now}}\"", "\"2026-11-28T12:00:00.000Z\""},
    {"\"{{now-2d}}\"", "\"2026-11-26T12:00:00.000Z\""},
    {"\"{{now+90s}}\"", "\"2026-11-28T12:01:30.000Z\""},
    {"\"{{today}} {{today+3d}}\"", "\"2026-11-28 2026-12-01\""},
    {"\"{{random 4 4}}\"", "4"},
    {"\"{{random 4 4}} of {{random 5 5}}\"", "\"4 of 5\""},
    {"\"a } }} { {{id}}\"", "\"a } }} { o7\""},
    {"{\"{{id}}\":1}", "{\"{{id}}\":1}"},
    {"\"\\\"{{id}}\\\"\"", "\"\\\"o7\\\"\""},
    {"\"\"", "\"\""},
};

static void templates_become_values(void **state)
{
    for (size_t i = 0; i < sizeof(filled) / sizeof(filled[0]); i++) {
        struct text got = fill(filled[i].value);
        if (!text_is(got, filled[i].want))
            fail_msg("%s: %.*s", filled[i].value, TEXT_ARGS(got));
    }
}

static void random_values_follow_from_the_seed(void **state)
{
    struct text one = fill("[\"{{uuid}}\",\"{{random 1 1000000}}\",\"{{uuid}}\"]");
    struct text two = fill("[\"{{uuid}}\",\"{{random 1 1000000}}\",\"{{uuid}}\"]");

    assert_true(text_equal(one, two));
    assert_false(
        text_equal((struct text){one.at + 2, 36}, (struct text){one.at + one.len - 38, 36}));
    assert_int_equal(one.at[2 + 14], '4');
    assert_non_null(strchr("89ab", one.at[2 + 19]));
}

static void random_numbers_have_both_ends(void **state)
{
    static const struct mock_target none;
    struct mock_template with = {.pool = pool, .target = &none, .random = {.state = {1, 2}}};
    bool seen[4] = {false, false, false, false};

    for (int i = 0; i < 200; i++) {
        struct text got = mock_template_text(&with, TEXT("{{random 1 3}}"));
        assert_true(got.len == 1 && got.at[0] >= '1' && got.at[0] <= '3');
        seen[got.at[0] - '0'] = true;
    }
    assert_true(seen[1] && seen[2] && seen[3]);
}

static const struct {
    const char *text, *want;
} mistakes[] = {
    {"{{idd}}", "{{idd}}: unknown word; did you mean \"id\"?"},
    {"{{uid}}", "{{uid}}: unknown word; did you mean \"id\"?"},
    {"{{}}", "{{}}: unknown word; expected id, uuid, now, today, random, body, query"},
    {"a {{id", "a template without }}"},
    {"{{now-2w}}", "a time is {{now}}, {{now-2d}} or {{today+30m}}, with s, m, h or d"},
    {"{{now2d}}", "{{now2d}}: unknown word; did you mean \"now\"?"},
    {"{{random 1}}", "a random number is {{random 1 100}}: two numbers up to 999999999, the "
                     "smaller one first"},
    {"{{random 3 1}}", "a random number is {{random 1 100}}: two numbers up to 999999999, the "
                       "smaller one first"},
    {"{{query}}", "a parameter needs a name: {{query.userId}}"},
    {"{{query.}}", "a parameter needs a name: {{query.userId}}"},
    {"{{id}} {{uuid}} {{body}} {{body.a.b}} {{ today }} {{random  1  2}}", NULL},
    {"}} { {", NULL},
};

static void mistakes_are_told(void **state)
{
    struct mock_target target = {0};

    assert_null(mock_target_read(TEXT("/orders/:id"), pool, &target));
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        const char *got = mock_template_check(text_of(mistakes[i].text), &target, pool);
        const char *want = mistakes[i].want;
        if ((got == NULL) != (want == NULL) || (got != NULL && strcmp(got, want) != 0))
            fail_msg("%s: %s", mistakes[i].text, got);
    }
}

static int set_up(void **state)
{
    pool = pool_new();
    return 0;
}

static int tear_down(void **state)
{
    pool_free(pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_fit_patterns),
        cmocka_unit_test(any_target_fits_no_pattern),
        cmocka_unit_test(wrong_patterns_are_told),
        cmocka_unit_test(templates_become_values),
        cmocka_unit_test(random_values_follow_from_the_seed),
        cmocka_unit_test(random_numbers_have_both_ends),
        cmocka_unit_test(mistakes_are_told),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
