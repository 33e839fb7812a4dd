/*
 * The scanner: whatever it is given in whatever pieces, on every path, the verdict is that of the
 * grammar, and a mistake is seen at the very byte.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <yajl/yajl_parse.h>

#include "bff/base/json_scan.h"
#include "bff/base/json_scan_path.h"
#include "tests/unit/json_reference.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define TEXT_MAX 16384
#define EVERY_PATH(path)                                                                           \
    enum json_scan_path path = JSON_SCAN_BY_WORDS;                                                 \
    path <= JSON_SCAN_BY_AVX2;                                                                     \
    path = (enum json_scan_path)(path + 1)

static const size_t pieces[] = {1, 3, 7, 16, 17, 31, 32, 33, 64, TEXT_MAX};

/* Gives the scanner the first ${len} bytes in a buffer of just that size. */
static int more(struct json_scan *scan, const char *text, size_t len)
{
    char *moved = malloc(len + (len == 0));

    assert_non_null(moved);
    memcpy(moved, text, len);
    int result = json_scan_more(scan, moved, len);
    free(moved);
    return result;
}

/* The verdict on ${text} in pieces of ${first} and then ${piece} bytes. ${*broken_at} is how much
 * had come when the scanner refused, or ${len} + 1. */
static int verdict(const char *text, size_t len, size_t first, size_t piece, size_t *broken_at)
{
    struct json_scan scan;
    int result = 0;

    json_scan_init(&scan, 128, true);
    *broken_at = len + 1;
    for (size_t at = first; result == 0; at += piece) {
        at = at < len ? at : len;
        result = more(&scan, text, at);
        if (result != 0)
            *broken_at = at;
        if (at == len)
            break;
    }
    if (result == 0)
        result = json_scan_end(&scan, text, len);
    else
        assert_int_equal(json_scan_end(&scan, text, len), -1);
    json_scan_free(&scan);
    return result;
}

static void expect(const char *why, int got, int want)
{
    if (got != want)
        fail_msg("%s: %d, expected %d", why, got, want);
}

static size_t read_file(const char *folder, const char *name, char *text)
{
    char path[1024];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(text, 1, TEXT_MAX, file);
    fclose(file);
    assert_true(len < TEXT_MAX);
    return len;
}

static void check_file(const char *name, const char *text, size_t len, int want)
{
    size_t broken_at, mistake;
    bool is_json = reference_is_json(text, len, 128, &mistake);

    expect(name, is_json ? 0 : -1, want);
    for (size_t cut = 0; cut <= len; cut++)
        expect(name, verdict(text, len, cut, len, &broken_at), want);
    for (size_t i = 0; i < COUNT(pieces); i++)
        expect(name, verdict(text, len, pieces[i], pieces[i], &broken_at), want);
    verdict(text, len, 1, 1, &broken_at);
    if (!is_json)
        expect(name, (int)broken_at, (int)mistake + 1);
}

static void check_folder(const char *folder, int want)
{
    char *text = malloc(TEXT_MAX);
    DIR *files = opendir(folder);
    size_t count = 0;

    assert_non_null(files);
    for (const struct dirent *entry; (entry = readdir(files)) != NULL;) {
        if (strstr(entry->d_name, ".json") == NULL)
            continue;
        check_file(entry->d_name, text, read_file(folder, entry->d_name, text), want);
        count++;
    }
    assert_true(count > 50);
    closedir(files);
    free(text);
}

static void test_corpus(void **state)
{
    for (EVERY_PATH(path)) {
        if (!json_scan_use(path))
            continue;
        check_folder(TESTS_DIR "/corpus/json/accept", 0);
        check_folder(TESTS_DIR "/corpus/json/reject", -1);
    }
}

/* Mutations. */

static uint64_t seed;

static unsigned pick(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 11) % below);
}

static void add(char *text, size_t *len, const char *bytes)
{
    memcpy(text + *len, bytes, strlen(bytes));
    *len += strlen(bytes);
}

static void add_space(char *text, size_t *len)
{
    while (pick(3) == 0)
        text[(*len)++] = " \n\t\r"[pick(4)];
}

static void add_string(char *text, size_t *len)
{
    static const char *const inside[] = {
        "a", "bc", "\303\274", "\\\\", "\\\"",         "\\u12aF", "{",
        "]", ":",  ",",        "1",    "\342\202\254", "\\ud800", "\360\237\230\200"};

    add(text, len, "\"");
    for (unsigned i = pick(pick(2) == 0 ? 4 : 40); i > 0; i--)
        add(text, len, inside[pick(COUNT(inside))]);
    add(text, len, "\"");
}

static void add_scalar(char *text, size_t *len)
{
    static const char *const scalars[] = {
        "true",  "false",    "null",  "0",   "-0",
        "7",     "12",       "-305",  "0.5", "19.990",
        "1e400", "-1.5E-02", "10e+7", "0e0", "123456789012345678901"};

    add(text, len, scalars[pick(COUNT(scalars))]);
}

static void add_value(char *text, size_t *len, int depth)
{
    unsigned kind = pick(depth > 4 ? 4 : 8);
    bool is_object = kind >= 6;

    add_space(text, len);
    if (kind < 2) {
        add_string(text, len);
    } else if (kind < 4) {
        add_scalar(text, len);
    } else {
        add(text, len, is_object ? "{" : "[");
        for (unsigned i = pick(5); i > 0; i--) {
            add_space(text, len);
            if (is_object) {
                add_string(text, len);
                add_space(text, len);
                add(text, len, ":");
            }
            add_value(text, len, depth + 1);
            add(text, len, i > 1 ? "," : "");
        }
        add_space(text, len);
        add(text, len, is_object ? "}" : "]");
    }
    add_space(text, len);
}

/* Up to two bytes changed, taken out or put in. */
static void spoil(char *text, size_t *len)
{
    static const char likely[] = " \n\f0e.-+\"\\,:[]{}utfn\377\200\303";

    for (unsigned i = pick(3); i > 0 && *len > 0; i--) {
        size_t at = pick((unsigned)*len), way = pick(4);
        if (way == 0) {
            memmove(text + at, text + at + 1, --*len - at);
            continue;
        }
        if (way == 1)
            memmove(text + at + 1, text + at, (*len)++ - at);
        text[at] = way == 3 ? (char)pick(256) : likely[pick(COUNT(likely))];
    }
}

static bool yajl_takes(const char *text, size_t len)
{
    yajl_handle parser = yajl_alloc(NULL, NULL, NULL);
    bool takes = yajl_parse(parser, (const unsigned char *)text, len) == yajl_status_ok &&
                 yajl_complete_parse(parser) == yajl_status_ok;

    yajl_free(parser);
    return takes;
}

/* yajl lets through what is not UTF-8, takes \f and \v for white space, and overlooks a string cut
 * short behind the value: so the text is judged as the item of an array. */
static bool yajl_can_judge(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] >= 0x80 || text[i] == '\f' || text[i] == '\v')
            return false;
    }
    return true;
}

static void judge_reference(const char *text, size_t len)
{
    char *array = malloc(len + 2);
    size_t mistake;

    array[0] = '[';
    memcpy(array + 1, text, len);
    array[len + 1] = ']';
    bool is_json = reference_is_json(array, len + 2, 128, &mistake);
    if (yajl_can_judge(text, len) && yajl_takes(array, len + 2) != is_json)
        fail_msg("yajl and the reference differ: %.*s", (int)len, text);
    free(array);
}

static void judge(const char *text, size_t len)
{
    size_t broken_at, mistake, step = 1 + pick(70);
    bool is_json = reference_is_json(text, len, 128, &mistake);

    judge_reference(text, len);
    for (EVERY_PATH(path)) {
        if (!json_scan_use(path))
            continue;
        if ((verdict(text, len, len, len, &broken_at) == 0) != is_json)
            fail_msg("whole: %.*s", (int)len, text);
        if ((verdict(text, len, step, step, &broken_at) == 0) != is_json)
            fail_msg("in pieces of %zu: %.*s", step, (int)len, text);
        verdict(text, len, 1, 1, &broken_at);
        if (!is_json && broken_at != mistake + 1)
            fail_msg("seen at %zu, not %zu: %.*s", broken_at, mistake + 1, (int)len, text);
    }
}

static void test_mutations(void **state)
{
    char *text = malloc(TEXT_MAX);

    seed = 88172645463325252u;
    for (int i = 0; i < 3000; i++) {
        size_t len;
        do {
            len = 0;
            add_value(text, &len, 1);
        } while (len > 1500);
        spoil(text, &len);
        judge(text, len);
    }
    free(text);
}

/* The rest of the contract. */

static void test_depth(void **state)
{
    static const struct {
        const char *text;
        unsigned depth;
    } cases[] = {{"1", 0},       {"[]", 1},           {"{\"a\":1}", 1},
                 {"[[],[]]", 2}, {"[{\"a\":[]}]", 3}, {" [ [ [ 1 ] ] ] ", 3}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        for (unsigned depth = 0; depth < 5; depth++) {
            struct json_scan scan;
            json_scan_init(&scan, depth, false);
            expect(cases[i].text, json_scan_end(&scan, cases[i].text, strlen(cases[i].text)),
                   depth < cases[i].depth ? -1 : 0);
            json_scan_free(&scan);
        }
    }
}

static void test_deepest(void **state)
{
    char text[2 * JSON_DEPTH_MAX];
    struct json_scan scan;

    memset(text, '[', JSON_DEPTH_MAX);
    memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    json_scan_init(&scan, JSON_DEPTH_MAX, true);
    assert_int_equal(json_scan_end(&scan, text, sizeof(text)), 0);
    assert_int_equal(scan.slices.count, 1);
    json_scan_free(&scan);
    json_scan_init(&scan, JSON_DEPTH_MAX - 1, true);
    assert_int_equal(json_scan_more(&scan, text, JSON_DEPTH_MAX), -1);
    json_scan_free(&scan);
}

/* Were a number read again with each byte, this would take minutes. */
static void test_long_tokens_take_linear_time(void **state)
{
    static const char begins[][5] = {"1", "[-0.", "\"", "[1e", " ", "\"\\\\"};
    size_t len = 256 * 1024;
    char *text = malloc(len);

    for (size_t i = 0; i < COUNT(begins); i++) {
        struct json_scan scan;
        memset(text, begins[i][0] == ' ' ? ' ' : '7', len);
        memcpy(text, begins[i], strlen(begins[i]));
        json_scan_init(&scan, 128, true);
        for (size_t at = 1; at <= len; at++)
            assert_int_equal(json_scan_more(&scan, text, at), 0);
        json_scan_free(&scan);
    }
    free(text);
}

static void test_broken_for_ever(void **state)
{
    struct json_scan scan;

    json_scan_init(&scan, 128, false);
    assert_int_equal(json_scan_more(&scan, "[,", 2), -1);
    assert_int_equal(json_scan_more(&scan, "[1", 2), -1);
    assert_int_equal(json_scan_end(&scan, "[1]", 3), -1);
    json_scan_free(&scan);
    json_scan_free(&scan);
}

static void expect_slice(const struct json_slice *slice, const char *text, const char *key,
                         const char *value)
{
    assert_int_equal(slice->key_len, strlen(key));
    assert_memory_equal(text + slice->key_at, key, slice->key_len);
    assert_int_equal(slice->len, strlen(value));
    assert_memory_equal(text + slice->at, value, slice->len);
}

static void test_slices(void **state)
{
    static const struct {
        const char *text;
        const char *rows[4][2];
    } cases[] = {
        {"[]", {{NULL}}},
        {"{ }", {{NULL}}},
        {" 7 ", {{NULL}}},
        {"\"a,b\"", {{NULL}}},
        {"[1,\"a\",[2,3]]", {{"", "1"}, {"", "\"a\""}, {"", "[2,3]"}}},
        {" [ {\"a\":[1 , 2]} , -0.5\n] ", {{"", "{\"a\":[1 , 2]}"}, {"", "-0.5"}}},
        {"{\"a\":1,\"\":{},\"a\":true}", {{"a", "1"}, {"", "{}"}, {"a", "true"}}},
        {"{ \"a\\\"\" : \"x\" , \"b:\"\t:[] }", {{"a\\\"", "\"x\""}, {"b:", "[]"}}},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *text = cases[i].text;
        for (size_t piece = 1; piece <= strlen(text); piece++) {
            struct json_scan scan;
            size_t row = 0;
            json_scan_init(&scan, 128, true);
            for (size_t at = piece; at < strlen(text); at += piece)
                assert_int_equal(more(&scan, text, at), 0);
            assert_int_equal(json_scan_end(&scan, text, strlen(text)), 0);
            for (; row < 4 && cases[i].rows[row][0] != NULL; row++)
                expect_slice(&scan.slices.rows[row], text, cases[i].rows[row][0],
                             cases[i].rows[row][1]);
            assert_int_equal(scan.slices.count, row);
            json_scan_free(&scan);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_corpus),
        cmocka_unit_test(test_mutations),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_deepest),
        cmocka_unit_test(test_long_tokens_take_linear_time),
        cmocka_unit_test(test_broken_for_ever),
        cmocka_unit_test(test_slices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
