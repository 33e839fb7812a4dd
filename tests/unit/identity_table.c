/* Tests of the table of tokens that are kept: their times, and what is forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/base/pool.h"
#include "bff/edge/identity_table.h"

static struct pool *pool;

static void a_kept_token_has_its_time(void **state)
{
    struct identity_table *table = identity_table_new();

    identity_table_put(table, TEXT("a"), TEXT("token"), 100, 145);
    assert_null(identity_table_find(table, TEXT("a"), 99).at); /* the clock has jumped back */
    assert_true(text_is(identity_table_find(table, TEXT("a"), 100), "token"));
    assert_true(text_is(identity_table_find(table, TEXT("a"), 144), "token"));
    assert_null(identity_table_find(table, TEXT("a"), 145).at);
    identity_table_put(table, TEXT("a"), TEXT("next"), 145, 190);
    assert_true(text_is(identity_table_find(table, TEXT("a"), 145), "next"));
    identity_table_free(table);
}

static void the_table_forgets_the_tokens_that_end_first(void **state)
{
    struct identity_table *table = identity_table_new();
    size_t found = 0, last = 3 * IDENTITY_TABLE_TOKENS;

    for (size_t i = 0; i < last; i++) {
        struct text key = pool_print(pool, "%zu", i);
        identity_table_put(table, key, key, 0, 1000 + (int64_t)i);
        assert_true(text_equal(identity_table_find(table, key, 1), key));
    }
    for (size_t i = 0; i < last; i++) {
        struct text key = pool_print(pool, "%zu", i), token = identity_table_find(table, key, 1);
        assert_true(token.at == NULL || text_equal(token, key));
        found += token.at != NULL;
    }
    assert_true(found <= IDENTITY_TABLE_TOKENS);
    assert_true(found > IDENTITY_TABLE_TOKENS / 2);
    identity_table_free(table);
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
        cmocka_unit_test(a_kept_token_has_its_time),
        cmocka_unit_test(the_table_forgets_the_tokens_that_end_first),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
