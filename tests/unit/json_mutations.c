/* Compares the scanner with a simple reader of the grammar and with yajl, on valid texts and on
 * texts in which one or two bytes were changed. The seed is fixed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/json_pieces.h"
#include "tests/unit/json_reference.h"
#include "tests/unit/json_yajl.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define TEXT_MAX 16384

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

static void judge_reference(const char *text, size_t len)
{
    char *array = malloc(len + 2);
    size_t mistake;

    array[0] = '[';
    memcpy(array + 1, text, len);
    array[len + 1] = ']';
    bool is_json = reference_is_json(array, len + 2, 128, &mistake);
    if (yajl_can_judge(text, len) && yajl_takes_item(text, len) != is_json)
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mutations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
