/* Tests of the limit of calls in the background. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/cache/cache_background.h"

#define MOST 3
#define THREADS 4
#define ROUNDS 20000

static struct registry *registry;
static struct cache_background *background;
static atomic_int under_way, too_many;

static int begin(void **state)
{
    registry = registry_new();
    background = cache_background_hold(registry);
    return 0;
}

static int end(void **state)
{
    registry_release(background);
    registry_free(registry);
    return 0;
}

static void test_the_limit_is_exact(void **state)
{
    assert_false(cache_background_begin(background));
    cache_background_set_limit(background, MOST);
    for (int i = 0; i < MOST; i++)
        assert_true(cache_background_begin(background));
    assert_false(cache_background_begin(background));
    cache_background_end(background);
    assert_true(cache_background_begin(background));
    cache_background_set_limit(background, MOST - 1);
    cache_background_end(background);
    assert_false(cache_background_begin(background));
}

static void *call_again_and_again(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        if (!cache_background_begin(background))
            continue;
        if (atomic_fetch_add(&under_way, 1) >= MOST)
            atomic_fetch_add(&too_many, 1);
        atomic_fetch_sub(&under_way, 1);
        cache_background_end(background);
    }
    return NULL;
}

static void test_threads_share_the_limit(void **state)
{
    pthread_t threads[THREADS];

    cache_background_set_limit(background, MOST);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_again_and_again, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&too_many), 0);
    assert_true(cache_background_begin(background));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_limit_is_exact, begin, end),
        cmocka_unit_test_setup_teardown(test_threads_share_the_limit, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
