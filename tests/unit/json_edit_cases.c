/* Rules that change JSON, case by case: tests/transform/cases.txt has the cases and explains them.
 * Each case is cut at every place, into bytes, and at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bff/base/file.h"
#include "tests/unit/json_edit_stage.h"

#define FILE_MOST ((size_t)1024 * 1024)
#define CASES_LEAST 60
#define SETS_MAX 8
#define RANDOM_CUTS 200

struct edit_case {
    struct text why, allow, deny, rename, from, want, sets[SETS_MAX];
    size_t set_count;
};

static struct text bytes_of(struct pool *pool, struct text text)
{
    static const struct {
        const char *word, *bytes;
    } known[] = {{"{lf}", "\n"}, {"{tab}", "\t"}, {"{bom}", "\xef\xbb\xbf"}};
    struct text_builder out;

    text_builder_init(&out, pool, text.len + 1);
    for (size_t i = 0; i < text.len;) {
        struct text rest = {text.at + i, text.len - i}, put = {rest.at, 1};
        size_t taken = 1;
        for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
            if (text_starts(rest, text_of(known[k].word))) {
                put = text_of(known[k].bytes);
                taken = strlen(known[k].word);
            }
        text_builder_add(&out, put);
        i += taken;
    }
    return text_builder_text(&out);
}

static void read_line(struct edit_case *one, struct text line)
{
    struct text name = text_cut(&line, ':');
    struct {
        const char *name;
        struct text *place;
    } members[] = {{"why", &one->why},       {"allow", &one->allow}, {"deny", &one->deny},
                   {"rename", &one->rename}, {"from", &one->from},   {"want", &one->want}};

    if (text_is(name, "set") && one->set_count < SETS_MAX) {
        one->sets[one->set_count++] = text_trim(line);
        return;
    }
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        if (text_is(name, members[i].name)) {
            *members[i].place = text_trim(line);
            return;
        }
    fail_msg("unknown: %.*s", TEXT_ARGS(name));
}

/* Reads the next case of ${*rest}. Returns false at the end. */
static bool read_case(struct text *rest, struct edit_case *one)
{
    *one = (struct edit_case){.set_count = 0};
    while (rest->at != NULL) {
        struct text line = text_trim(text_cut(rest, '\n'));
        if (line.len == 0 && one->why.len > 0)
            return true;
        if (line.len > 0 && line.at[0] != '#')
            read_line(one, line);
    }
    return one->why.len > 0;
}

static void add(struct json_edit_rules *rules, enum json_edit_action action, struct text path,
                struct text value)
{
    const char *words = json_edit_rules_add(rules, action, path, value);

    if (words != NULL)
        fail_msg("%s", words);
}

static void add_rules(struct json_edit_rules *rules, const struct edit_case *one)
{
    struct text lists[] = {one->allow, one->deny, one->rename};

    for (size_t i = 0; i < 3; i++)
        while (lists[i].len > 0) {
            struct text value = text_cut(&lists[i], ' '), path = text_cut(&value, '=');
            add(rules, (enum json_edit_action)i, path, value);
        }
    for (size_t i = 0; i < one->set_count; i++) {
        struct text value = one->sets[i], path = text_cut(&value, ' ');
        add(rules, JSON_EDIT_SET, path, value);
    }
    assert_null(json_edit_rules_check(rules));
}

/* One case with its rules. */
struct trial {
    struct edited edited;
    struct json_edit_rules rules;
    struct text why, from, want;
    bool is_broken; /* what is wanted */
};

static void check(struct trial *trial, const char *how, size_t cut)
{
    struct text got = text_builder_text(&trial->edited.out);

    edited_end(&trial->edited);
    got = text_builder_text(&trial->edited.out);
    if (trial->is_broken != (trial->edited.result != 0))
        fail_msg("%.*s (%s %zu): result %d", TEXT_ARGS(trial->why), how, cut, trial->edited.result);
    if (!trial->is_broken && !text_equal(got, trial->want))
        fail_msg("%.*s (%s %zu): %.*s", TEXT_ARGS(trial->why), how, cut, TEXT_ARGS(got));
}

static void cut_at_each(struct trial *trial)
{
    for (size_t cut = 0; cut <= trial->from.len; cut++) {
        edited_begin(&trial->edited, &trial->rules);
        edited_more(&trial->edited, trial->from.at, cut);
        edited_more(&trial->edited, trial->from.at + cut, trial->from.len - cut);
        check(trial, "cut at", cut);
    }
}

static void cut_into(struct trial *trial, size_t most, unsigned seed)
{
    edited_begin(&trial->edited, &trial->rules);
    for (size_t at = 0; at < trial->from.len;) {
        size_t len = most == 1 ? 1 : 1 + (size_t)rand_r(&seed) % most;
        len = len > trial->from.len - at ? trial->from.len - at : len;
        edited_more(&trial->edited, trial->from.at + at, len);
        at += len;
    }
    check(trial, "pieces of at most", most);
}

static void run(const struct edit_case *one)
{
    struct pool *pool = pool_new();
    struct trial *trial = pool_zero(pool, sizeof(*trial));

    trial->why = one->why;
    trial->from = bytes_of(pool, one->from);
    trial->want = one->want;
    trial->is_broken = text_is(one->want, "broken");
    text_builder_init(&trial->edited.out, pool, 256);
    json_edit_rules_init(&trial->rules, pool);
    add_rules(&trial->rules, one);
    cut_at_each(trial);
    for (unsigned seed = 0; seed < RANDOM_CUTS; seed++)
        cut_into(trial, seed == 0 ? 1 : 2 + seed, seed);
    pool_free(pool);
}

static void test_each_case(void **state)
{
    struct pool *pool = pool_new();
    struct edit_case one;
    size_t cases = 0;
    char *bytes = pool_take(pool, FILE_MOST + 1);
    ssize_t len = file_read(TESTS_DIR "/transform/cases.txt", bytes, FILE_MOST);
    struct text rest = {bytes, (size_t)len};

    assert_in_range(len, 1, FILE_MOST);
    for (; read_case(&rest, &one); cases++)
        run(&one);
    print_message("%zu cases\n", cases);
    assert_true(cases >= CASES_LEAST);
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_case)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
