/* Tests that a value does not change while somebody has a reference to it, and that it is freed
 * afterwards (a sanitizer finds a leak). */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/json/value.h"

#define TEXT_OF_ORDER "{\"id\":7,\"items\":[1,2,3]}"

/* Gathered in pieces of ${piece} bytes. */
static struct value *gather(const char *text, size_t capacity, size_t piece)
{
    struct value *value = value_new(capacity);
    struct json_scan scan;
    size_t len = strlen(text);

    json_scan_init(&scan, 8, true);
    for (size_t at = 0; at < len; at += piece) {
        value = value_add(value, text + at, at + piece <= len ? piece : len - at);
        must(json_scan_more(&scan, value->text.at, value->text.len) == 0);
    }
    must(json_scan_end(&scan, value->text.at, value->text.len) == 0);
    value_take_slices(value, &scan);
    json_scan_free(&scan);
    return value;
}

static void expect_order(const struct value *value)
{
    struct json json = value_json(value);
    double id = 0;

    assert_true(text_is(value->text, TEXT_OF_ORDER));
    assert_true(json_double(json_get(json, "id"), &id) && id == 7);
    assert_int_equal(json_length(json_get(json, "items")), 3);
}

static void test_gathered_in_pieces_of_any_size(void **state)
{
    for (size_t piece = 1; piece <= sizeof(TEXT_OF_ORDER); piece++) {
        struct value *value = gather(TEXT_OF_ORDER, piece, piece);
        expect_order(value);
        value_release(value);
    }
}

/* From short to long, and on: the text moves, the scan goes on. */
static void test_grows_beyond_any_first_room(void **state)
{
    size_t len = 100 * 1000;
    char *text = memory_new(len + 1);

    memset(text, ' ', len);
    memcpy(text, TEXT_OF_ORDER, strlen(TEXT_OF_ORDER));
    struct value *value = gather(text, 10, 700);
    assert_int_equal(value->text.len, len);
    assert_memory_equal(value->text.at, text, len);
    assert_int_equal(json_length(json_get(value_json(value), "items")), 3);
    value_release(value);
    memory_free(text);
}

static void test_bytes_that_lie_in_the_room_already(void **state)
{
    struct value *value = value_new(2000);
    size_t len;
    char *room = value_room(value, &len);

    assert_true(len >= 2000);
    memcpy(room, "true", 4);
    assert_ptr_equal(value_add(value, room, 4), value);
    assert_true(text_is(value->text, "true"));
    assert_true(json_is(value_json(value), JSON_TRUE));
    value_release(value);
}

/* What comes after it, of the same size, does not take its memory. */
static void test_outlives_its_first_holder(void **state)
{
    struct value *first = gather(TEXT_OF_ORDER, 100, 5);
    struct value *held = value_hold(first), *others[10];

    value_release(first);
    for (size_t i = 0; i < 10; i++) {
        others[i] = value_new(100);
        others[i] = value_add(others[i], "[\"other\"]", 9);
        assert_ptr_not_equal(others[i], held);
    }
    expect_order(held);
    for (size_t i = 0; i < 10; i++)
        value_release(others[i]);
    expect_order(held);
    value_release(held);
    value_release(NULL);
}

/* The memory that a thread keeps for its next values ends with the thread. */
static void *make_some(void *unused)
{
    struct value *values[700]; /* more than are kept */

    for (size_t i = 0; i < 700; i++)
        values[i] = gather(TEXT_OF_ORDER, 1, 100);
    for (size_t i = 0; i < 700; i++)
        value_release(values[i]);
    return NULL;
}

static void test_a_thread_ends(void **state)
{
    pthread_t thread;

    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pthread_create(&thread, NULL, make_some, NULL), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
    }
}

/* Threads share values: each takes one out of a place and puts another one there. So most values
 * are read in one thread, and lose their last reference in another thread than the one that made
 * them. */
#define SHARERS 4
#define PLACES 8
#define ROUNDS 20000

static struct value *_Atomic places[PLACES];
static pthread_barrier_t sharers;

static void read_shared(struct value *value)
{
    struct value *held = value_hold(value);

    value_release(value);
    must(text_is(held->text, TEXT_OF_ORDER));
    must(json_length(json_get(value_json(held), "items")) == 3);
    value_release(held);
}

static void *share(void *cookie)
{
    size_t number = (size_t)(uintptr_t)cookie;

    pthread_barrier_wait(&sharers);
    for (size_t i = 0; i < ROUNDS; i++) {
        struct value *made = gather(TEXT_OF_ORDER, i % 2 == 0 ? 100 : 3000, 30);
        struct value *taken = atomic_exchange(&places[(i * (number + 1)) % PLACES], made);
        if (taken != NULL)
            read_shared(taken);
    }
    return NULL;
}

/* One value, of which the test keeps a reference: all threads hold and release it at once. */
static void *hold_one(void *cookie)
{
    struct value *value = cookie;

    pthread_barrier_wait(&sharers);
    for (size_t i = 0; i < ROUNDS; i++)
        read_shared(value_hold(value));
    value_release(value);
    return NULL;
}

static void run_sharers(void *(*run)(void *cookie), void *const cookies[SHARERS])
{
    pthread_t threads[SHARERS];

    assert_int_equal(pthread_barrier_init(&sharers, NULL, SHARERS), 0);
    for (size_t i = 0; i < SHARERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run, cookies[i]), 0);
    for (size_t i = 0; i < SHARERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    pthread_barrier_destroy(&sharers);
}

static void test_ends_in_another_thread(void **state)
{
    void *numbers[SHARERS];

    for (size_t i = 0; i < SHARERS; i++)
        numbers[i] = (void *)(uintptr_t)i;
    run_sharers(share, numbers);
    for (size_t i = 0; i < PLACES; i++)
        value_release(atomic_exchange(&places[i], NULL));
}

static void test_threads_hold_one_value(void **state)
{
    struct value *value = gather(TEXT_OF_ORDER, 100, 30);
    void *cookies[SHARERS];

    for (size_t i = 0; i < SHARERS; i++)
        cookies[i] = value_hold(value);
    run_sharers(hold_one, cookies);
    expect_order(value);
    assert_int_equal(atomic_load(&value->references), 1);
    value_release(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gathered_in_pieces_of_any_size),
        cmocka_unit_test(test_grows_beyond_any_first_room),
        cmocka_unit_test(test_bytes_that_lie_in_the_room_already),
        cmocka_unit_test(test_outlives_its_first_holder),
        cmocka_unit_test(test_a_thread_ends),
        cmocka_unit_test(test_ends_in_another_thread),
        cmocka_unit_test(test_threads_hold_one_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
