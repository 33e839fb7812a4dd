/* Tests of the targets of recorded answers. As patterns of a scenario, they fit their own target.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "fixtures/mock_recording_target.h"
#include "fixtures/mock_target.h"

static const struct {
    const char *target, *pattern; /* NULL: there is none */
    const char *other;            /* a target that it does not fit */
} cases[] = {
    {"/", "/", "/a"},
    {"/reviews/r1", "/reviews/r1", "/reviews/r2"},
    {"/reviews/:id", "/reviews/%3Aid", "/reviews/r1"},
    {"/:a/:b", "/%3Aa/%3Ab", "/a/b"},
    {"/reviews/*", "/reviews/%2A", "/reviews/r1"},
    {"/a:b/c*", "/a:b/c*", "/a:b/cd"},
    {"/a%2Fb", "/a%2Fb", "/a/b"},
    {"/a?b=1&c", "/a?b=1&c", "/a?b=1"},
    {"/a?b=%20", "/a?b=%20", "/a?b=1"},
    {"/a?token=1", "/a?token=*", "/a"},
    {"/a?b=1&Access_Token=%41&c=2", "/a?b=1&Access_Token=*&c=2", "/a?b=1&c=2"},
    {"/a?%74oken=1", "/a?%74oken=*", "/a"},
    {"/a?mine=1", "/a?mine=*", "/a"},
    {"/a?a=Bearer%20x&b=1", "/a?a=*&b=1", "/a?b=1"},
    {"/a?Bearer%20x=1&b=1", "/a?b=1", "/a?b=2"},
    {"/verify/eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl/now", "/verify/:redacted/now", "/verify/now"},
    {"/a?", "/a", "/b"},
    {"/a?&b=1&", "/a?b=1", "/a?b=2"},
    {"/a/%2", NULL, NULL},
    {"/a?1&2&3&4&5&6&7&8", "/a?1&2&3&4&5&6&7&8", "/a"},
    {"/a?1&2&3&4&5&6&7&8&9", NULL, NULL},
    {"/a?b=%2", NULL, NULL},
    {"/a?%zz", NULL, NULL},
};

static bool fits(struct text pattern, const char *asked, struct pool *pool)
{
    struct mock_target target = {0};
    struct mock_target_values values;
    const char *wrong = mock_target_read(pattern, pool, &target);

    if (wrong != NULL)
        fail_msg("%.*s: %s", TEXT_ARGS(pattern), wrong);
    return mock_target_fits(&target, text_of(asked), pool, &values);
}

static void a_pattern_fits_its_target(void **state)
{
    struct pool *pool = pool_new();
    const struct json_redact *redact = json_redact_new(pool, &TEXT("mine"), 1);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct text pattern = mock_recording_target(text_of(cases[i].target), redact, pool);
        if (!text_equal(pattern, text_of(cases[i].pattern)))
            fail_msg("%s: %.*s", cases[i].target, TEXT_ARGS(pattern));
        if (cases[i].pattern != NULL &&
            (!fits(pattern, cases[i].target, pool) || fits(pattern, cases[i].other, pool)))
            fail_msg("%s: fits neither it, or not only it", cases[i].target);
    }
    pool_free(pool);
}

static void counts_parameters(void **state)
{
    assert_int_equal(mock_recording_target_parameters(TEXT("/a")), 0);
    assert_int_equal(mock_recording_target_parameters(TEXT("/a?")), 0);
    assert_int_equal(mock_recording_target_parameters(TEXT("/a?b")), 1);
    assert_int_equal(mock_recording_target_parameters(TEXT("/a?b=?&c=1")), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_fits_its_target),
        cmocka_unit_test(counts_parameters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
