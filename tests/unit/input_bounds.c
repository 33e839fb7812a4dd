/* Tests of the columns .min, .max, .is_whole and .words of .body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bff/compose/input_spec.h"
#include "bff/compose/types_body.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct pool *pool;

static int make_pool(void **state)
{
    pool = pool_new();
    return 0;
}

static int free_pool(void **state)
{
    pool_free(pool);
    return 0;
}

#define NUMBER(...)                                                                                \
    {                                                                                              \
        .path = "a", .kind = BFF_BODY_NUMBER, __VA_ARGS__                                          \
    }
#define TEXT_ROW(...)                                                                              \
    {                                                                                              \
        .path = "a", .kind = BFF_BODY_TEXT, __VA_ARGS__                                            \
    }
#define LIST(...)                                                                                  \
    {                                                                                              \
        .path = "a", .kind = BFF_BODY_LIST, __VA_ARGS__                                            \
    }

/* What is said about each value; NULL: it is good. */
static const struct {
    struct bff_body row;
    const char *value, *want;
} cases[] = {
    {NUMBER(.min = 1, .max = 5), "1", NULL},
    {NUMBER(.min = 1, .max = 5), "5.0", NULL},
    {NUMBER(.min = 1, .max = 5), "0.99", "must be a number from 1 to 5"},
    {NUMBER(.min = 1, .max = 5), "5.01", "must be a number from 1 to 5"},
    {NUMBER(.min = 1, .max = 5), "1e400", "must be a number from 1 to 5"},
    {NUMBER(.max = 5), "0", NULL},
    {NUMBER(.max = 5), "-1", "must be a number from 0 to 5"},
    {NUMBER(.min = 3), "1e9", NULL},
    {NUMBER(.min = 3), "2", "must be a number of at least 3"},
    {NUMBER(.is_whole = true), "-12", NULL},
    {NUMBER(.is_whole = true), "1.0", "must be a whole number"},
    {NUMBER(.is_whole = true), "1e2", "must be a whole number"},
    {NUMBER(.is_whole = true, .min = 1, .max = 5), "5", NULL},
    {NUMBER(.is_whole = true, .min = 1, .max = 5), "4.5", "must be a whole number from 1 to 5"},
    {NUMBER(.is_whole = true, .min = 1, .max = 5), "\"4\"", "must be a number"},
    {TEXT_ROW(.min = 1), "\"\"", "must have a length of at least 1"},
    {TEXT_ROW(.min = 1), "\" \"", NULL},
    {TEXT_ROW(.min = 2, .max = 3), "\"ab\"", NULL},
    {TEXT_ROW(.min = 2, .max = 3), "\"a\"", "must have a length from 2 to 3"},
    {TEXT_ROW(.min = 2, .max = 3), "\"abcd\"", "must have a length from 2 to 3"},
    {TEXT_ROW(.max = 3), "\"\"", NULL},
    {TEXT_ROW(.max = 3), "\"abcd\"", "must have a length of at most 3"},
    /* Characters count, and not bytes or escapes. */
    {TEXT_ROW(.max = 3), "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"", NULL},
    {TEXT_ROW(.max = 3), "\"\\u00e4\\n\\ud83d\\ude00\"", NULL},
    {TEXT_ROW(.words = "card voucher"), "\"voucher\"", NULL},
    {TEXT_ROW(.words = "card voucher"), "\"v\\u006fucher\"", NULL},
    {TEXT_ROW(.words = "card voucher"), "\"Card\"", "must be one of these: card voucher"},
    {TEXT_ROW(.words = "card voucher"), "\"\"", "must be one of these: card voucher"},
    {TEXT_ROW(.words = "card voucher"), "\"card voucher\"", "must be one of these: card voucher"},
    {LIST(.min = 1, .max = 2), "[]", "must have a length from 1 to 2"},
    {LIST(.min = 1, .max = 2), "[1,[2,3]]", NULL},
    {LIST(.min = 1, .max = 2), "[1,2,3]", "must have a length from 1 to 2"},
};

static void a_value_must_be_within_its_bounds(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct input_mistake mistake = {0};
        struct input_spec spec;
        input_spec_init(&spec, pool);
        assert_null(input_spec_add(&spec, &cases[i].row));
        struct json body = json_of(pool_print(pool, "{\"a\":%s}", cases[i].value));
        const char *got = input_spec_check(&spec, body, pool, &mistake) ? NULL : mistake.what;
        if ((got == NULL) != (cases[i].want == NULL) ||
            (got != NULL && strcmp(got, cases[i].want) != 0))
            fail_msg("%s: %s", cases[i].value, got == NULL ? "it is good" : got);
    }
}

/* A page is rehearsed with a sample of its body. */
static void a_sample_is_within_its_bounds(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct input_mistake mistake = {0};
        struct input_spec spec;
        input_spec_init(&spec, pool);
        assert_null(input_spec_add(&spec, &cases[i].row));
        struct json sample = input_spec_sample(&spec, pool, true);
        if (!input_spec_check(&spec, sample, pool, &mistake))
            fail_msg("%.*s: %s", TEXT_ARGS(json_raw(sample)), mistake.what);
    }
}

static void items_of_a_list_may_have_rows_of_their_own(void **state)
{
    static const struct bff_body list = LIST(.min = 2),
                                 item = {
                                     .path = "a[].b", .kind = BFF_BODY_NUMBER, .min = 7, .max = 9};
    struct input_mistake mistake = {0};
    struct input_spec spec;

    input_spec_init(&spec, pool);
    assert_null(input_spec_add(&spec, &list));
    assert_null(input_spec_add(&spec, &item));
    struct text sample = json_raw(input_spec_sample(&spec, pool, true));
    assert_true(text_is(sample, "{\"a\":[{\"b\":7},{\"b\":7}]}"));
    assert_false(
        input_spec_check(&spec, json_of(TEXT("{\"a\":[{\"b\":7},{\"b\":6}]}")), pool, &mistake));
    assert_true(text_is(mistake.path, "a[1].b"));
}

static void rows_with_mistakes_are_refused(void **state)
{
    static const struct {
        struct bff_body row;
        const char *want;
    } rows[] = {
        {{.path = "a", .kind = BFF_BODY_BOOL, .max = 1},
         ".min and .max are for BFF_BODY_NUMBER, BFF_BODY_TEXT and BFF_BODY_LIST only"},
        {{.path = "a", .min = 1},
         ".min and .max are for BFF_BODY_NUMBER, BFF_BODY_TEXT and BFF_BODY_LIST only"},
        {TEXT_ROW(.is_whole = true), ".is_whole is for BFF_BODY_NUMBER only"},
        {NUMBER(.words = "1 2"), ".words is for BFF_BODY_TEXT only"},
        {TEXT_ROW(.words = " "), ".words names no word"},
        {TEXT_ROW(.words = "a b", .max = 3),
         ".words says already how long the text may be: remove .min and .max"},
        {NUMBER(.min = 3, .max = 2), ".min is larger than .max"},
        {TEXT_ROW(.min = 1001), ".min is over 1000"},
    };
    struct input_spec spec;

    input_spec_init(&spec, pool);
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(input_spec_add(&spec, &rows[i].row), rows[i].want);
}

static void the_types_have_words_and_whole_numbers(void **state)
{
    static const struct bff_body words = TEXT_ROW(.words = " card  voucher "),
                                 whole = {.path = "b", .kind = BFF_BODY_NUMBER, .is_whole = true};
    struct input_spec spec;

    input_spec_init(&spec, pool);
    assert_null(input_spec_add(&spec, &words));
    assert_null(input_spec_add(&spec, &whole));
    const struct shape *shape = types_body_shape(pool, &spec.root);
    const struct shape *text = shape->members[0].shape;
    assert_int_equal(text->value_count, 2);
    assert_true(text_is(json_raw(text->values[1]), "\"voucher\""));
    assert_int_equal(shape->members[1].shape->kinds, SHAPE_INTEGER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_value_must_be_within_its_bounds, make_pool, free_pool),
        cmocka_unit_test_setup_teardown(a_sample_is_within_its_bounds, make_pool, free_pool),
        cmocka_unit_test_setup_teardown(items_of_a_list_may_have_rows_of_their_own, make_pool,
                                        free_pool),
        cmocka_unit_test_setup_teardown(rows_with_mistakes_are_refused, make_pool, free_pool),
        cmocka_unit_test_setup_teardown(the_types_have_words_and_whole_numbers, make_pool,
                                        free_pool),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
