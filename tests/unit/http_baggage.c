/* Tests of the baggage that services get, and of the decision which traces are sampled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/base/text_builder.h"
#include "bff/base/traceparent.h"
#include "bff/http/baggage.h"
#include "bff/http/sampling.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct text allowed[] = {{"tenant", 6}, {"flag", 4}};

static void test_members(void **state)
{
    static const struct {
        const char *why, *list, *want;
    } cases[] = {
        {"one", "tenant=a", "tenant=a"},
        {"two, in their order", "flag=1, tenant=a", "flag=1,tenant=a"},
        {"others are left out", "a=1,tenant=a,b=2", "tenant=a"},
        {"nothing is left", "a=1", NULL},
        {"keys have upper and lower case", "Tenant=a", NULL},
        {"a key with an allowed beginning", "tenants=a", NULL},
        {"blanks around the parts", " tenant \t= a ; k = v ", "tenant \t= a ; k = v"},
        {"properties", "tenant=a;k;l=1", "tenant=a;k;l=1"},
        {"an empty value", "tenant=", "tenant="},
        {"no value", "tenant", NULL},
        {"no value, but a property", "tenant;a=b", NULL},
        {"a value with '='", "tenant=a=b", "tenant=a=b"},
        {"a quoted value", "tenant=\"a\"", NULL},
        {"a blank in a value", "tenant=a b", NULL},
        {"a backslash", "tenant=a\\b", NULL},
        {"a byte that is not ASCII", "tenant=\xc3\xa9", NULL},
        {"percent-encoded", "tenant=%C3%A9", "tenant=%C3%A9"},
        {"a property without a key", "tenant=a;=b", NULL},
        {"an empty property", "tenant=a;", NULL},
        {"only commas", ",,,", NULL},
        {"twice", "tenant=a,tenant=b", "tenant=a,tenant=b"},
        {"a bad one beside a good one", "tenant=\"a,flag=1", "flag=1"},
    };
    struct pool *pool = pool_new();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text got = baggage_filter(pool, text_of(cases[i].list), allowed, COUNT(allowed));
        if (!text_equal(got, text_of(cases[i].want)) || (got.at == NULL) != (cases[i].want == NULL))
            fail_msg("%s: %.*s", cases[i].why, TEXT_ARGS(got));
    }
    pool_free(pool);
}

static void test_bounds(void **state)
{
    struct pool *pool = pool_new();
    struct text_builder list;

    text_builder_init(&list, pool, 0);
    for (size_t i = 0; i < BAGGAGE_MEMBERS + 1; i++)
        text_builder_add(&list, TEXT("flag=1,"));
    struct text got = baggage_filter(pool, text_builder_text(&list), allowed, COUNT(allowed));
    assert_int_equal(got.len, BAGGAGE_MEMBERS * 7 - 1);
    while (list.len <= BAGGAGE_BYTES)
        text_builder_add(&list, TEXT("a=1,"));
    assert_null(baggage_filter(pool, text_builder_text(&list), allowed, COUNT(allowed)).at);
    assert_null(baggage_filter(pool, (struct text){0}, allowed, COUNT(allowed)).at);
    pool_free(pool);
}

/* The thresholds of OpenTelemetry: th:8 for a half, th:c for a quarter. */
static void test_sampling(void **state)
{
    static const struct {
        const char *last_digits;
        uint32_t sample;
        bool want;
    } cases[] = {
        {"00000000000000", 1000000, true}, {"00000000000000", 0, false},
        {"ffffffffffffff", 0, false},      {"ffffffffffffff", 1, true},
        {"7fffffffffffff", 500000, false}, {"80000000000000", 500000, true},
        {"bfffffffffffff", 250000, false}, {"c0000000000000", 250000, true},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tracing_settings settings = {.sample = cases[i].sample, .follows_parent = true};
        struct pool *pool = pool_new();
        struct text not_sampled =
            pool_print(pool, "00-ffffffffffffffffff%s-00f067aa0ba902b7-00", cases[i].last_digits);
        if (sampling_takes(&settings, not_sampled, false) != cases[i].want)
            fail_msg("%s of %u", cases[i].last_digits, cases[i].sample);
        assert_false(sampling_takes(&settings, not_sampled, true));
        settings.follows_parent = false;
        assert_true(sampling_takes(&settings, not_sampled, true) == cases[i].want);
        pool_free(pool);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_sampling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
