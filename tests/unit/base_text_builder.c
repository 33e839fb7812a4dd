/* Tests of a text that grows, in a pool and in its own memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/base/text_builder.h"

static void it_grows_as_it_is_added_to(void **state)
{
    struct pool *pool = pool_new();
    struct text_builder build;
    char want[3000];

    text_builder_init(&build, pool, 4);
    for (size_t i = 0; i < sizeof(want); i += 3) {
        memcpy(want + i, "abc", 3);
        text_builder_add(&build, TEXT("abc"));
        assert_int_equal(text_builder_text(&build).len, i + 3);
    }
    assert_memory_equal(text_builder_text(&build).at, want, sizeof(want));
    pool_free(pool);
}

static void more_than_twice_its_room_fits(void **state)
{
    struct pool *pool = pool_new();
    struct text long_one = TEXT("far more than there is room for, or for twice as much");
    struct text_builder build;

    text_builder_init(&build, pool, 2);
    text_builder_add(&build, TEXT(""));
    text_builder_add(&build, TEXT("a"));
    text_builder_add(&build, long_one);
    assert_int_equal(text_builder_text(&build).len, 1 + long_one.len);
    assert_memory_equal(text_builder_text(&build).at + 1, long_one.at, long_one.len);
    pool_free(pool);
}

static void fields_end_their_lines(void **state)
{
    struct pool *pool = pool_new();
    struct text_builder build;

    text_builder_init(&build, pool, 1);
    text_builder_field(&build, TEXT("via"), TEXT("1.1 bff-web"));
    text_builder_field(&build, TEXT("x-empty"), TEXT(""));
    assert_true(text_is(text_builder_text(&build), "via: 1.1 bff-web\r\nx-empty: \r\n"));
    pool_free(pool);
}

static void without_a_pool_it_has_memory_of_its_own(void **state)
{
    struct text_builder out = {0};

    assert_null(text_builder_text(&out).at);
    for (size_t i = 0; i < 1000; i++)
        text_builder_add(&out, TEXT("0123456789"));
    assert_int_equal(out.len, 10000);
    assert_memory_equal(out.at + 9990, "0123456789", 10);
    text_builder_free(&out);
    assert_null(out.at);
    text_builder_add(&out, TEXT("again"));
    assert_true(text_is(text_builder_text(&out), "again"));
    text_builder_free(&out);
}

static void numbers_are_decimal(void **state)
{
    struct text_builder out = {0};

    text_builder_number(&out, INT64_MIN);
    text_builder_add(&out, TEXT(" "));
    text_builder_number(&out, INT64_MAX);
    text_builder_add(&out, TEXT(" "));
    text_builder_size(&out, UINT64_MAX);
    text_builder_add(&out, TEXT(" "));
    text_builder_number(&out, 0);
    assert_true(text_is(text_builder_text(&out), "-9223372036854775808 9223372036854775807 "
                                                 "18446744073709551615 0"));
    text_builder_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_pool_it_has_memory_of_its_own),
        cmocka_unit_test(numbers_are_decimal),
        cmocka_unit_test(it_grows_as_it_is_added_to),
        cmocka_unit_test(more_than_twice_its_room_fits),
        cmocka_unit_test(fields_end_their_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
