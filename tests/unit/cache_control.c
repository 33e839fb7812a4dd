/* How Cache-Control is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/cache/cache_control.h"
#include "tests/unit/cache_message.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* value: of one field or of several, with '|' between them */
static const struct {
    const char *why, *value, *want;
} cases[] = {
    {"nothing", "", ""},
    {"flags",
     "no-store, no-cache, only-if-cached, private, public, must-revalidate, proxy-revalidate, "
     "must-understand",
     "no-store no-cache only-if-cached private public must-revalidate proxy-revalidate "
     "must-understand"},
    {"numbers",
     "max-age=1, s-maxage=2, stale-while-revalidate=3, stale-if-error=4, min-fresh=5, max-stale=6",
     "max-age=1 s-maxage=2 swr=3 sie=4 min-fresh=5 max-stale=6"},
    {"capital letters", "NO-STORE, Max-Age=7", "no-store max-age=7"},
    {"no blanks", "no-store,max-age=7", "no-store max-age=7"},
    {"tabs and blanks", " \tno-store \t , \t max-age=7\t ", "no-store max-age=7"},
    {"empty items", ",,no-store, ,max-age=7,,", "no-store max-age=7"},
    {"unknown directives", "a, b=1, c=\"d\", no-storage, x-max-age=3", ""},
    {"several fields", "no-store|max-age=7", "no-store max-age=7"},
    {"flags twice", "no-store, no-store", "no-store"},
    {"a flag that restricts, with an argument", "no-store=1, no-cache=\"a\", private=b",
     "no-store no-cache private"},
    {"a flag that permits, with an argument", "public=1, must-understand=\"\"", ""},
    {"a flag with an empty argument", "no-store=, public=", "no-store"},
    {"a number in quotes", "max-age=\"7\"", "max-age=7"},
    {"an escape in quotes", "max-age=\"\\7\"", "max-age=0"},
    {"a comma in quotes", "a=\"no-store, private\", max-age=7", "max-age=7"},
    {"an escaped quote", "a=\"\\\", no-store, \", max-age=7", "max-age=7"},
    {"an escaped backslash at the end", "a=\"\\\\\", no-store", "no-store"},
    {"something after the quotes", "max-age=\"7\"x, no-store", "max-age=0 no-store"},
    {"quotes that do not end", "a=\"b, no-store, max-age=7", "no-store max-age=7"},
    {"quotes that do not end, of a number", "max-age=\"7", "max-age=0"},
    {"a backslash at the very end", "a=\"b\\", ""},
    {"quotes in a name", "\"no-store\", max-age=7", "max-age=7"},
    {"a semicolon", "no-store; private", "no-store private"},
    {"a semicolon after a number", "max-age=7; private", "max-age=0 private"},
    {"a semicolon in quotes", "a=\"b; private\", max-age=7", "max-age=7"},
    {"no argument", "max-age, s-maxage, stale-if-error, stale-while-revalidate",
     "max-age=0 s-maxage=0 swr=0 sie=0"},
    {"an empty argument", "max-age=, max-stale=, min-fresh=",
     "max-age=0 min-fresh=2147483648 "
     "max-stale=0"},
    {"max-stale without a number", "max-stale", "max-stale=2147483648"},
    {"no number", "max-age=a, s-maxage=-1, stale-if-error=1.5, min-fresh=x, max-stale=y",
     "max-age=0 s-maxage=0 sie=0 min-fresh=2147483648 max-stale=0"},
    {"a plus", "max-age=+7", "max-age=0"},
    {"a blank in the number", "max-age=7 7", "max-age=0"},
    {"a blank before =", "max-age =7", "max-age=0"},
    {"a blank after =", "max-age= 7", "max-age=0"},
    {"two =", "max-age==7", "max-age=0"},
    {"hexadecimal", "max-age=0x7", "max-age=0"},
    {"zeros", "max-age=0007", "max-age=7"},
    {"2^31", "max-age=2147483648", "max-age=2147483648"},
    {"2^31 + 1", "max-age=2147483649", "max-age=2147483648"},
    {"far beyond 2^64", "max-age=999999999999999999999999999", "max-age=2147483648"},
    {"the same number twice", "max-age=7, max-age=7", "max-age=7"},
    {"different ages", "max-age=7, max-age=8", "max-age=0"},
    {"different ages, three", "max-age=7, max-age=8, max-age=7", "max-age=0"},
    {"different ages in several fields", "s-maxage=7|s-maxage=8", "s-maxage=0"},
    {"different times to be stale", "stale-if-error=7, stale-if-error=8", "sie=7"},
    {"different times to be stale, the other way", "max-stale, max-stale=8", "max-stale=8"},
    {"different min-fresh", "min-fresh=7, min-fresh=8", "min-fresh=8"},
    {"an age that is no number, beside a good one", "max-age=7, max-age=x", "max-age=0"},
};

static void print_flags(struct text_builder *out, const struct cache_control *control)
{
    const struct {
        bool is_set;
        const char *name;
    } flags[] = {
        {control->no_store, "no-store "},
        {control->no_cache, "no-cache "},
        {control->only_if_cached, "only-if-cached "},
        {control->is_private, "private "},
        {control->is_public, "public "},
        {control->must_revalidate, "must-revalidate "},
        {control->proxy_revalidate, "proxy-revalidate "},
        {control->must_understand, "must-understand "},
    };

    for (size_t i = 0; i < COUNT(flags); i++)
        text_builder_add(out, flags[i].is_set ? text_of(flags[i].name) : TEXT(""));
}

static void print_numbers(struct text_builder *out, const struct cache_control *control)
{
    const struct {
        int64_t number;
        const char *name;
    } numbers[] = {
        {control->max_age, "max-age="},
        {control->s_maxage, "s-maxage="},
        {control->stale_while_revalidate, "swr="},
        {control->stale_if_error, "sie="},
        {control->min_fresh, "min-fresh="},
        {control->max_stale, "max-stale="},
    };

    for (size_t i = 0; i < COUNT(numbers); i++) {
        if (numbers[i].number == CACHE_CONTROL_ABSENT)
            continue;
        text_builder_add(out, text_of(numbers[i].name));
        text_builder_number(out, numbers[i].number);
        text_builder_add(out, TEXT(" "));
    }
}

/* True when each of ${words} is in ${all}. */
static bool has_words(struct text all, struct text words)
{
    while (words.at != NULL) {
        struct text word = text_cut(&words, ' '), rest = all;
        bool is_there = word.len == 0;
        while (rest.at != NULL)
            is_there = text_equal(text_cut(&rest, ' '), word) || is_there;
        if (!is_there)
            return false;
    }
    return true;
}

static void test_each_value(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cache_control control = cache_control_none();
        struct text_builder out = {0};
        struct text fields = text_of(cases[i].value), got;

        while (fields.at != NULL)
            cache_control_add(&control, text_cut(&fields, '|'));
        print_flags(&out, &control);
        print_numbers(&out, &control);
        text_builder_add(&out, TEXT(" "));
        got = text_builder_text(&out);
        if (!has_words(got, text_of(cases[i].want)) || !has_words(text_of(cases[i].want), got))
            fail_msg("%s: %s is %.*s", cases[i].why, cases[i].value, TEXT_ARGS(got));
        text_builder_free(&out);
    }
}

static void test_only_fields_of_that_name(void **state)
{
    struct exchange_field fields[] = {{TEXT("Cache-Control"), TEXT("max-age=7")},
                                      {TEXT("x-cache-control"), TEXT("no-store")},
                                      {TEXT("CACHE-CONTROL"), TEXT("private")}};
    struct cache_control control = cache_control_of(fields, COUNT(fields));

    assert_int_equal(control.max_age, 7);
    assert_true(control.is_private);
    assert_false(control.no_store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_value),
        cmocka_unit_test(test_only_fields_of_that_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
