/* Tests of printing: the output is always strictly valid JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <yajl/yajl_gen.h>

#include "bff/base/random.h"
#include "bff/json/json_print.h"
#include "bff/json/json_scan.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct pool *pool;

static void expect_printed(const struct json_print *out, const char *want)
{
    struct text got = json_print_text(out);
    struct json_scan scan;

    if (!text_is(got, want))
        fail_msg("%.*s, expected %s", TEXT_ARGS(got), want);
    json_scan_init(&scan, 128, false);
    assert_int_equal(json_scan_end(&scan, got.at, got.len), 0);
    json_scan_free(&scan);
}

static void test_strings(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"\"quoted\"", "\"\\\"quoted\\\"\""},
        {"a\\b", "\"a\\\\b\""},
        {"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
        {"\1\37\177", "\"\\u0001\\u001f\177\""},
        {"gr\303\274n \360\237\230\200", "\"gr\303\274n \360\237\230\200\""},
        {"bad \377 byte", "\"bad \\ufffd byte\""},
        {"surrogate \355\240\200", "\"surrogate \\ufffd\\ufffd\\ufffd\""},
        {"cut \303", "\"cut \\ufffd\""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct json_print out;
        json_print_init(&out, pool);
        json_print_string(&out, text_of(cases[i].text));
        expect_printed(&out, cases[i].want);
    }
}

static void test_nul_and_absent(void **state)
{
    struct json_print out;

    json_print_init(&out, pool);
    json_print_string(&out, (struct text){"a\0b", 3});
    expect_printed(&out, "\"a\\u0000b\"");
    json_print_init(&out, pool);
    json_print_string(&out, (struct text){0});
    expect_printed(&out, "\"\"");
}

static void test_values(void **state)
{
    struct json_print out;

    json_print_init(&out, pool);
    json_print_raw(&out, TEXT("{"));
    json_print_key(&out, "a\"");
    json_print_null(&out);
    json_print_key(&out, "b");
    json_print_raw(&out, TEXT("["));
    json_print_bool(&out, true);
    json_print_raw(&out, TEXT(","));
    json_print_bool(&out, false);
    json_print_raw(&out, TEXT("]"));
    json_print_key(&out, "c");
    json_print_raw(&out, TEXT("{"));
    json_print_key(&out, "d");
    json_print_size(&out, SIZE_MAX);
    json_print_key(&out, "e");
    json_print_int(&out, INT64_MIN);
    json_print_raw(&out, TEXT("}"));
    json_print_key(&out, "f");
    json_print_json(&out, json_of(TEXT(" [1, 2] ")));
    json_print_key(&out, "g");
    json_print_json(&out, (struct json){0});
    json_print_raw(&out, TEXT("}"));
    expect_printed(&out, "{\"a\\\"\":null,\"b\":[true,false],\"c\":{\"d\":18446744073709551615,"
                         "\"e\":-9223372036854775808},\"f\":[1, 2],\"g\":null}");
}

/* A key is the first thing printed when somebody else prints the braces. */
static void test_members_without_braces(void **state)
{
    struct json_print out;

    json_print_init(&out, pool);
    assert_int_equal(json_print_text(&out).len, 0);
    json_print_key(&out, "a");
    json_print_size(&out, 0);
    json_print_key(&out, "b");
    json_print_size(&out, 1);
    assert_true(text_is(json_print_text(&out), "\"a\":0,\"b\":1"));
}

static void print_nothing(struct json_print *out) { (void)out; }

static void print_two(struct json_print *out)
{
    json_print_size(out, 1);
    json_print_size(out, 2);
}

static void print_two_strings(struct json_print *out)
{
    json_print_string(out, TEXT("a"));
    json_print_string(out, TEXT("b"));
}

static void print_open(struct json_print *out)
{
    json_print_raw(out, TEXT("{"));
    json_print_key(out, "a");
    json_print_null(out);
}

static void print_closed_twice(struct json_print *out) { json_print_raw(out, TEXT("[1]]")); }

static void print_key_alone(struct json_print *out) { json_print_key(out, "a"); }

static void print_no_json(struct json_print *out) { json_print_raw(out, TEXT("NaN")); }

static void print_one(struct json_print *out) { json_print_string(out, TEXT("a\n")); }

static void print_raw(struct json_print *out) { json_print_raw(out, TEXT("1.50")); }

static void print_object(struct json_print *out)
{
    print_open(out);
    json_print_raw(out, TEXT("}"));
}

static void print_service_value(struct json_print *out)
{
    json_print_json(out, json_of(TEXT(" [1, {}] ")));
}

/* Also after other values have been printed. */
static void test_lists(void **state)
{
    static const struct {
        const char *list, *want;
    } cases[] = {
        {"", "[]"},
        {"a", "[\"a\"]"},
        {"a,b", "[\"a\",\"b\"]"},
        {"a,,b", "[\"a\",\"\",\"b\"]"},
        {"\"", "[\"\\\"\"]"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct json_print out;
        json_print_init(&out, pool);
        json_print_list(&out, text_of(cases[i].list), ',');
        expect_printed(&out, cases[i].want);
    }
}

static void test_exactly_one_value(void **state)
{
    static const struct {
        void (*print)(struct json_print *out);
        const char *want; /* NULL: not one value */
    } cases[] = {
        {print_nothing, NULL},
        {print_two, NULL},
        {print_two_strings, NULL},
        {print_open, NULL},
        {print_closed_twice, NULL},
        {print_key_alone, NULL},
        {print_no_json, NULL},
        {print_one, "\"a\\n\""},
        {print_raw, "1.50"},
        {print_object, "{\"a\":null}"},
        {print_service_value, "[1, {}]"},
    };
    struct json_print out;

    json_print_init(&out, pool);
    for (size_t i = 0; i < 2 * COUNT(cases); i++) {
        const char *want = cases[i % COUNT(cases)].want;
        json_print_begin(&out);
        cases[i % COUNT(cases)].print(&out);
        struct text value = json_print_value(&out);
        if (want == NULL ? value.at != NULL : !text_is(value, want))
            fail_msg("case %zu: %.*s", i % COUNT(cases), TEXT_ARGS(value));
    }
}

static void test_growing(void **state)
{
    struct json_print out;
    struct text text;

    json_print_init(&out, pool);
    json_print_raw(&out, TEXT("["));
    for (size_t i = 0; i < 20000; i++) {
        json_print_raw(&out, i == 0 ? TEXT("") : TEXT(","));
        json_print_size(&out, i);
    }
    json_print_raw(&out, TEXT("]"));
    text = json_print_text(&out);
    size_t at = 0;
    json_each (item, json_of(text)) {
        uint64_t value;
        assert_int_equal(text_number(json_raw(item), 20000, &value), 0);
        assert_int_equal(value, at++);
    }
    assert_int_equal(at, 20000);
}

/* yajl writes the letters of \u001f as capitals. */
static void lower_escapes(char *text, size_t len)
{
    for (size_t i = 0; i + 1 < len; i++) {
        if (text[i] != '\\')
            continue;
        if (text[i + 1] == 'u')
            text_lower(text + i, (struct text){text + i, 6});
        i++;
    }
}

static struct text yajl_string(struct text text)
{
    const unsigned char *at;
    size_t len;
    yajl_gen gen = yajl_gen_alloc(NULL);

    assert_int_equal(yajl_gen_string(gen, (const unsigned char *)text.at, text.len),
                     yajl_gen_status_ok);
    assert_int_equal(yajl_gen_get_buf(gen, &at, &len), yajl_gen_status_ok);
    struct text copy = pool_text(pool, (struct text){(const char *)at, len});
    yajl_gen_free(gen);
    lower_escapes((char *)copy.at, copy.len);
    return copy;
}

/* Characters of one to four bytes, and all that are escaped. */
static void test_strings_as_yajl_prints_them(void **state)
{
    static const char *const wide[] = {"\302\200", "\342\202\254", "\360\237\230\200"};
    struct random random = {{1, 2}};

    for (int round = 0; round < 2000; round++) {
        struct text_builder text = {0};
        struct json_print out;
        for (size_t i = random_next(&random) % 20; i > 0; i--) {
            char c = (char)(random_next(&random) % 128);
            text_builder_add(&text, c % 4 == 3 ? text_of(wide[c % 3]) : (struct text){&c, 1});
        }
        text_builder_add(&text, TEXT("."));
        json_print_init(&out, pool);
        json_print_string(&out, text_builder_text(&text));
        struct text want = yajl_string(text_builder_text(&text));
        if (!text_equal(json_print_text(&out), want))
            fail_msg("%.*s, yajl: %.*s", TEXT_ARGS(json_print_text(&out)), TEXT_ARGS(want));
        text_builder_free(&text);
    }
}

static int begin(void **state)
{
    pool = pool_new();
    return 0;
}

static int end(void **state)
{
    pool_free(pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings), cmocka_unit_test(test_nul_and_absent),
        cmocka_unit_test(test_values),  cmocka_unit_test(test_members_without_braces),
        cmocka_unit_test(test_lists),   cmocka_unit_test(test_exactly_one_value),
        cmocka_unit_test(test_growing), cmocka_unit_test(test_strings_as_yajl_prints_them),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
