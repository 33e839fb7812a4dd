/* Tests of the registry: state is found by kind and name, it is shared, and it is freed with its
 * last reference. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/base/registry.h"

struct counter {
    atomic_uint count;
    struct text name;
};

static atomic_uint made, ended;

static void on_init(void *object, struct text name)
{
    struct counter *counter = object;

    counter->name = name;
    made++;
}

static void on_dispose(void *object) { ended++; }

static const struct registry_kind counters = {
    .bytes = sizeof(struct counter), .init = on_init, .dispose = on_dispose};
static const struct registry_kind plain = {.bytes = 100};

static int begin(void **state)
{
    made = ended = 0;
    *state = registry_new();
    return 0;
}

static int finish(void **state)
{
    registry_free(*state); /* which says whether it is empty */
    return 0;
}

static void test_a_name_is_one_object(void **state)
{
    char name[] = "users";
    struct counter *first = registry_hold(*state, &counters, text_of(name));
    name[0] = 'x'; /* the name is a copy */
    struct counter *second = registry_hold(*state, &counters, TEXT("users"));

    assert_ptr_equal(first, second);
    assert_true(text_is(first->name, "users"));
    assert_int_equal(first->count, 0);
    assert_int_equal((uintptr_t)first % 64, 0);
    assert_int_equal(made, 1);
    registry_release(first);
    assert_int_equal(ended, 0);
    registry_release(second);
    assert_int_equal(ended, 1);
}

static void test_kinds_and_names_differ(void **state)
{
    void *objects[] = {
        registry_hold(*state, &counters, TEXT("users")),
        registry_hold(*state, &counters, TEXT("orders")),
        registry_hold(*state, &plain, TEXT("users")),
        registry_hold(*state, &counters, TEXT("")),
    };

    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < i; j++)
            assert_ptr_not_equal(objects[i], objects[j]);
    assert_int_equal(registry_count(*state, &counters), 3);
    assert_int_equal(registry_count(*state, &plain), 1);
    for (size_t i = 0; i < 4; i++)
        registry_release(objects[(i + 1) % 4]); /* from the middle, too */
    registry_release(NULL);
    assert_int_equal(registry_count(*state, &counters), 0);
}

static void test_what_ended_begins_anew(void **state)
{
    struct counter *counter = registry_hold(*state, &counters, TEXT("users"));
    counter->count = 7;
    assert_ptr_equal(registry_hold_again(counter), counter);
    registry_release(counter);
    assert_int_equal(counter->count, 7);
    registry_release(counter);
    counter = registry_hold(*state, &counters, TEXT("users"));
    assert_int_equal(counter->count, 0);
    registry_release(counter);
    assert_int_equal(made, 2);
    assert_int_equal(ended, 2);
}

/* Two threads hold and release the same names, while the main thread holds one of them. */

#define ROUNDS 20000

static void *hold_and_release(void *registry)
{
    static const char *const names[] = {"users", "orders", "catalog"};

    for (size_t i = 0; i < ROUNDS; i++) {
        struct counter *counter = registry_hold(registry, &counters, text_of(names[i % 3]));
        counter->count++;
        registry_release(counter);
    }
    return NULL;
}

static void test_two_threads(void **state)
{
    struct counter *held = registry_hold(*state, &counters, TEXT("users"));
    pthread_t threads[2];

    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hold_and_release, *state), 0);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(held->count, 2 * (ROUNDS / 3 + 1));
    registry_release(held);
    assert_int_equal(made, ended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_name_is_one_object, begin, finish),
        cmocka_unit_test_setup_teardown(test_kinds_and_names_differ, begin, finish),
        cmocka_unit_test_setup_teardown(test_what_ended_begins_anew, begin, finish),
        cmocka_unit_test_setup_teardown(test_two_threads, begin, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
