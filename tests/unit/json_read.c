/* Tests of reading: the results are the same with the scanner's slices and without. */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bff/json/json.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct pool *pool;

/* ${text} read twice: as it is, and scanned, with slices. */
struct both {
    struct json_scan scan;
    struct json plain, scanned;
};

static void both_read(struct both *both, struct text text)
{
    json_scan_init(&both->scan, 128, true);
    assert_int_equal(json_scan_end(&both->scan, text.at, text.len), 0);
    both->plain = json_of(text);
    both->scanned = json_scanned(text, &both->scan);
}

static void expect_text(const char *why, struct text got, const char *want)
{
    if (want == NULL ? got.at != NULL : !text_is(got, want))
        fail_msg("%s: %.*s, expected %s", why, TEXT_ARGS(got), want == NULL ? "nothing" : want);
}

static void test_kinds(void **state)
{
    static const struct {
        const char *text;
        enum json_kind want;
    } cases[] = {
        {"null", JSON_NULL},   {"false", JSON_FALSE}, {" true ", JSON_TRUE},
        {"-1", JSON_NUMBER},   {"\"\"", JSON_STRING}, {"[]", JSON_ARRAY},
        {"\n{}", JSON_OBJECT}, {"", JSON_NONE},       {"  ", JSON_NONE},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(json_kind(json_of(text_of(cases[i].text))), cases[i].want);
    assert_true(json_is(json_of((struct text){0}), JSON_NONE));
    assert_true(json_is((struct json){0}, JSON_NONE));
}

static void test_paths(void **state)
{
    static const struct {
        const char *why, *text, *path, *want;
    } cases[] = {
        {"a member", "{\"a\":1,\"b\":2}", "b", "2"},
        {"no such member", "{\"a\":1}", "b", NULL},
        {"the last of two", "{\"a\":1,\"b\":2,\"a\":3}", "a", "3"},
        {"the last of two, one escaped", "{\"id\":1,\"\\u0069d\":2}", "id", "2"},
        {"an escape that means another", "{\"\\u0069e\":2}", "id", NULL},
        {"a longer key", "{\"ids\":1}", "id", NULL},
        {"a shorter key", "{\"i\":1}", "id", NULL},
        {"the empty key", "{\"\":1}", "", "1"},
        {"a path", "{\"a\":{\"b\":{\"c\":[1, 2]}}}", "a.b.c", "[1, 2]"},
        {"a path through a scalar", "{\"a\":1}", "a.b.c", NULL},
        {"a path through an array", "{\"a\":[{\"b\":1}]}", "a.b", NULL},
        {"a member of an array", "[1]", "a", NULL},
        {"a member of a string", "\"a\"", "a", NULL},
        {"white space", " { \"a\" : { \"b\"\n: \t-1.5e3 } , \"c\" : null }\n", "a.b", "-1.5e3"},
        {"brackets in strings", "{\"a\":[\"]}\\\"}]\",{\"}\":\"{\"}],\"b\":2}", "b", "2"},
        {"a backslash before a quote", "{\"a\":\"\\\\\",\"b\":\"\\\\\\\"\"}", "b", "\"\\\\\\\"\""},
        {"a key with an escaped quote", "{\"\\\"a\":1,\"a\":2}", "\"a", "1"},
        {"a key beyond ASCII", "{\"gr\303\274n\":1}", "gr\303\274n", "1"},
        {"the same, escaped", "{\"gr\\u00fcn\":1}", "gr\303\274n", "1"},
        {"another one, escaped", "{\"gr\\u00fdn\":1}", "gr\303\274n", NULL},
        {"a long escape for a short name", "{\"\\u0069\\u0064\\u0000\":1}", "id", NULL},
        {"short escapes", "{\"\\b\\f\\n\\r\\t\\/\\\\\":1}", "\b\f\n\r\t/\\", "1"},
        {"digits of both cases", "{\"\\u006A\\u006b\":1}", "jk", "1"},
        {"the first characters of an escaped key", "{\"i\\u0064s\":1}", "id", NULL},
        {"an escaped key that is too short", "{\"\\u0069\":1}", "id", NULL},
        {"a lone surrogate in a key", "{\"\\ud800\":1,\"a\":2}", "a", "2"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct both both;
        both_read(&both, text_of(cases[i].text));
        expect_text(cases[i].why, json_raw(json_path(both.plain, cases[i].path)), cases[i].want);
        expect_text(cases[i].why, json_raw(json_path(both.scanned, cases[i].path)), cases[i].want);
        json_scan_free(&both.scan);
    }
}

static void test_texts(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"\"\"", ""},
        {"\"plain\"", "plain"},
        {"19.90", "19.90"},
        {"true", NULL},
        {"null", NULL},
        {"[\"a\"]", NULL},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
        {"\"\\u00fc\\u20AC\"", "\303\274\342\202\254"},
        {"\"\\ud83d\\ude00\"", "\360\237\230\200"},
        {"\"\\ud800\"", "\357\277\275"},
        {"\"a\\udc00b\"", "a\357\277\275b"},
        {"\"\\ud800\\ud83d\\ude00\"", "\357\277\275\360\237\230\200"},
        {"\"\\udc00\\ud800\"", "\357\277\275\357\277\275"},
        {"\"\\ud800\\u0041\"", "\357\277\275A"},
        {"\"\\ud800\\n\"", "\357\277\275\n"},
        {"\"\\\\ud800\"", "\\ud800"},
        {"\"\\\\\\ud800\"", "\\\357\277\275"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text got = json_text(json_of(text_of(cases[i].text)), pool);
        expect_text(cases[i].text, got, cases[i].want);
        assert_true(got.at == NULL || text_is_utf8(got));
    }
    struct text nul = json_text(json_of(TEXT("\"a\\u0000b\"")), pool);
    assert_true(text_equal(nul, (struct text){"a\0b", 3}));
    assert_null(json_text((struct json){0}, pool).at);
}

static void test_text_without_escapes_is_not_copied(void **state)
{
    struct text text = TEXT("\"plain\"");

    assert_ptr_equal(json_text(json_of(text), pool).at, text.at + 1);
}

static void test_doubles(void **state)
{
    static const struct {
        const char *text;
        double want;
    } cases[] = {
        {"0", 0},
        {"-0", -0.0},
        {"1.5e2", 150},
        {"1e400", INFINITY},
        {"-1e400", -INFINITY},
        {"1e-400", 0},
        {"0.1", 0.1},
        {"12345678901234567890", 12345678901234567890.0},
    };
    char long_number[302] = "1";
    double got = 7;

    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(json_double(json_of(text_of(cases[i].text)), &got));
        assert_memory_equal(&got, &cases[i].want, sizeof(got));
    }
    memset(long_number + 1, '0', 300);
    assert_true(json_double(json_of(text_of(long_number)), &got));
    assert_true(got == 1e300);
    assert_false(json_double(json_of(TEXT("\"1\"")), &got));
    assert_false(json_double((struct json){0}, &got));
    assert_true(got == 1e300);
}

static void test_lengths(void **state)
{
    static const struct {
        const char *text;
        size_t want;
    } cases[] = {
        {"[]", 0},        {"[ ]", 0},    {"[1]", 1}, {"[[1,2],{\"a\":[3,4]},\",\"]", 3},
        {"{\"a\":1}", 0}, {"\"ab\"", 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct both both;
        both_read(&both, text_of(cases[i].text));
        assert_int_equal(json_length(both.plain), cases[i].want);
        assert_int_equal(json_length(both.scanned), cases[i].want);
        json_scan_free(&both.scan);
    }
    assert_int_equal(json_length((struct json){0}), 0);
}

static void test_items(void **state)
{
    static const struct {
        const char *text;
        size_t place;
        const char *want;
    } cases[] = {
        {"[1, [2] ,{}]", 0, "1"},  {"[1, [2] ,{}]", 1, "[2]"},
        {"[1, [2] ,{}]", 2, "{}"}, {"[1, [2] ,{}]", 3, NULL},
        {"[]", 0, NULL},           {"{\"a\":1}", 0, NULL},
        {"\"a\"", 0, NULL},        {"[1]", SIZE_MAX, NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct both both;
        both_read(&both, text_of(cases[i].text));
        expect_text("plain", json_raw(json_item(both.plain, cases[i].place)), cases[i].want);
        expect_text("scanned", json_raw(json_item(both.scanned, cases[i].place)), cases[i].want);
        json_scan_free(&both.scan);
    }
    assert_true(json_is(json_item((struct json){0}, 0), JSON_NONE));
}

static void test_each(void **state)
{
    static const char *const want[] = {"1", "\"two\"", "{\"three\":3}"};
    struct json list = json_of(TEXT("[1, \"two\" ,{\"three\":3}]"));
    size_t count = 0;

    json_each (item, list)
        expect_text("item", json_raw(item), want[count++]);
    assert_int_equal(count, 3);
    json_each (item, (struct json){0})
        fail();
    json_each (item, json_of(TEXT("7")))
        fail();
    json_each (item, list) {
        count++;
        break;
    }
    assert_int_equal(count, 4);
}

/* A member read from the root has no slices of its own, however it was found. */
static void test_below_the_root(void **state)
{
    struct both both;

    both_read(&both, TEXT("{\"items\":[{\"id\":1},{\"id\":2}],\"total\":2}"));
    struct json items = json_get(both.scanned, "items");
    assert_int_equal(json_length(items), 2);
    json_each (item, items)
        assert_true(json_is(json_get(item, "id"), JSON_NUMBER));
    json_scan_free(&both.scan);
}

/* Every value of the corpus, all the way down, by both ways. */
static void compare(struct json a, struct json b)
{
    struct json_walk walk = json_walk(a), other = json_walk(b);
    struct json child, same;

    while (json_walk_next(&walk, &child)) {
        assert_true(json_walk_next(&other, &same));
        assert_true(text_equal(walk.key, other.key));
        assert_true(text_equal(json_raw(child), json_raw(same)));
        assert_false(json_is(child, JSON_NONE));
        compare(child, same);
    }
    assert_false(json_walk_next(&other, &same));
}

static void test_corpus(void **state)
{
    static const char folder[] = TESTS_DIR "/corpus/json/accept";
    char path[1024], text[4096];
    DIR *files = opendir(folder);

    assert_non_null(files);
    for (const struct dirent *entry; (entry = readdir(files)) != NULL;) {
        struct both both;
        if (strstr(entry->d_name, ".json") == NULL)
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t len = fread(text, 1, sizeof(text), file);
        fclose(file);
        both_read(&both, (struct text){text, len});
        compare(both.plain, both.scanned);
        json_scan_free(&both.scan);
    }
    closedir(files);
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
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_text_without_escapes_is_not_copied),
        cmocka_unit_test(test_doubles),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_each),
        cmocka_unit_test(test_below_the_root),
        cmocka_unit_test(test_corpus),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
