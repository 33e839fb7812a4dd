/* Tests of the scanner on every path, with texts in pieces of all kinds: it accepts exactly what
 * the grammar allows, and finds a mistake at its first byte. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/json_pieces.h"
#include "tests/unit/json_reference.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define TEXT_MAX 16384
static const size_t pieces[] = {1, 3, 7, 16, 17, 31, 32, 33, 64, TEXT_MAX};

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
        cmocka_unit_test(test_corpus),          cmocka_unit_test(test_depth),
        cmocka_unit_test(test_deepest),         cmocka_unit_test(test_long_tokens_take_linear_time),
        cmocka_unit_test(test_broken_for_ever), cmocka_unit_test(test_slices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
