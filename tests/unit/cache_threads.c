/*
 * Tests of the cache with workers in threads that find, store, use, drop and invalidate at random.
 * Nobody may ever get an entry of another key or a part of an entry, the limit must hold, no wait
 * may be forgotten, and everything must be freed at the end.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/base/random.h"

#include "tests/unit/cache_stage.h"

#define THREADS 4
#define OPERATIONS 20000 /* of each thread */
#define BODY_MAX 3000
#define FLIGHTS 1500 /* of each thread */
#define AT_ONCE 8
#define WAITED_NS (30 * INT64_C(1000) * CLOCK_MS)

struct thread {
    struct worker worker;
    pthread_t id;
    struct random random;
    unsigned keys;  /* so many different ones are used */
    size_t limit;   /* of bytes, with what all threads may be storing */
    unsigned found; /* entries */
};

static struct thread threads[THREADS];

static struct text key_of(char buffer[32], unsigned key)
{
    return (struct text){buffer, (size_t)snprintf(buffer, 32, "/key/%u", key)};
}

/* The body of an entry repeats the letter of its key. The status says how often. */
static struct cache_entry *make_for(struct thread *thread, unsigned key)
{
    char buffer[32];
    size_t bytes = 1 + random_below(&thread->random, BODY_MAX);

    key_of(buffer, key);
    struct cache_entry *entry = make_entry(buffer, (char)('a' + key % 26), bytes);
    entry->status = (int)bytes;
    return entry;
}

static void check(const struct cache_entry *entry, unsigned key)
{
    char buffer[32];
    struct text body = entry->body->text;

    must(text_equal(entry->path, key_of(buffer, key)));
    must(body.len == (size_t)entry->status);
    for (size_t i = 0; i < body.len; i += 1 + body.len / 8)
        must(body.at[i] == (char)('a' + key % 26));
}

static void use_entry(struct thread *thread, struct cache_slot *slot, unsigned key)
{
    struct cache_entry *entry = cache_slot_entry(slot);

    if (entry == NULL)
        return;
    check(entry, key);
    thread->found++;
    cache_entry_release(entry);
}

static void fill(struct thread *thread, struct cache_slot *slot, unsigned key)
{
    struct cache_entry *entry;

    if (!cache_slot_lead(slot))
        return;
    entry = random_below(&thread->random, 8) == 0 ? NULL : make_for(thread, key);
    cache_slot_end(slot, entry);
    if (entry != NULL)
        check(entry, key);
    cache_entry_release(entry);
}

static void change(struct thread *thread, struct cache_slot *slot, unsigned key)
{
    char buffer[32];

    switch (random_below(&thread->random, 20)) {
    case 0:
        cache_slot_drop(slot);
        break;
    case 1:
        cache_invalidate_path(stage.cache, key_of(buffer, key));
        break;
    case 2:
        cache_invalidate_prefix(stage.cache, key_of(buffer, key / 10));
        break;
    case 3:
        cache_invalidate_tag(stage.cache, TEXT("none"));
        break;
    default:
        fill(thread, slot, key);
    }
}

static void begin_thread(struct thread *thread)
{
    begin_worker(&thread->worker);
    random_seed(&thread->random);
}

static void *run_operations(void *cookie)
{
    struct thread *thread = cookie;
    char buffer[32];

    begin_thread(thread);
    for (unsigned i = 0; i < OPERATIONS; i++) {
        unsigned key = random_below(&thread->random, thread->keys);
        struct cache_slot *slot = cache_find(thread->worker.reader, key_of(buffer, key));
        use_entry(thread, slot, key);
        if (random_below(&thread->random, 4) == 0)
            change(thread, slot, key);
        cache_slot_release(slot);
        must(cache_read(stage.cache).bytes <= thread->limit);
    }
    end_worker(&thread->worker);
    return NULL;
}

static void run_all(void *(*run)(void *cookie))
{
    for (size_t i = 0; i < THREADS; i++)
        must(pthread_create(&threads[i].id, NULL, run, &threads[i]) == 0);
    for (size_t i = 0; i < THREADS; i++)
        must(pthread_join(threads[i].id, NULL) == 0);
}

/* Returns the number of entries that were found. */
static unsigned operate(unsigned keys, size_t limit)
{
    unsigned found = 0;

    memset(threads, 0, sizeof(threads));
    stage.registry = registry_new();
    stage.cache = cache_hold(stage.registry, (struct text){0});
    cache_set_limit(stage.cache, limit);
    for (size_t i = 0; i < THREADS; i++) {
        threads[i].keys = keys;
        threads[i].limit = limit + THREADS * (BODY_MAX + 2048);
    }
    run_all(run_operations);
    struct cache_report report = cache_read(stage.cache);
    assert_true(report.bytes <= limit);
    assert_true(report.slots >= report.entries && report.slots <= report.entries + THREADS);
    registry_release(stage.cache); /* checks that nothing is left */
    registry_free(stage.registry);
    for (size_t i = 0; i < THREADS; i++)
        found += threads[i].found;
    return found;
}

static void test_one_key_of_all_threads(void **state) { assert_true(operate(1, MIB) > 0); }

static void test_few_keys(void **state) { assert_true(operate(20, MIB) > 0); }

static void test_more_keys_than_there_is_room_for(void **state)
{
    assert_true(operate(500, 100 * 1000) > 0);
}

static void test_room_for_hardly_any_entry(void **state) { operate(50, 4 * 1024); }

/* Flights. */

struct caller {
    struct cache_wait wait;
    struct cache_slot *slot;
    bool is_leading;
};

struct flyer {
    struct thread thread;
    struct caller callers[AT_ONCE];
    unsigned led, waited;
};

static struct flyer flyers[THREADS];
static atomic_uint leading; /* of all threads, for the one key */

static void on_ended(struct cache_wait *wait)
{
    struct caller *caller = H2O_STRUCT_FROM_MEMBER(struct caller, wait, wait);

    cache_slot_release(caller->slot);
    caller->slot = NULL;
}

/* A caller leads or waits; who leads ends its flight at its next step. */
static void step(struct flyer *flyer, struct caller *caller)
{
    struct cache_reader *reader = flyer->thread.worker.reader;

    if (caller->is_leading) {
        must(atomic_fetch_sub(&leading, 1) == 1);
        caller->is_leading = false;
        cache_slot_end(caller->slot, NULL);
        cache_slot_release(caller->slot);
        caller->slot = NULL;
    } else if (caller->slot == NULL) {
        caller->slot = cache_find(reader, TEXT("/one"));
        caller->is_leading = cache_slot_lead(caller->slot);
        if (caller->is_leading) {
            must(atomic_fetch_add(&leading, 1) == 0);
            flyer->led++;
            return;
        }
        flyer->waited++;
        cache_wait_begin(reader, &caller->wait, caller->slot, on_ended);
    } else if (random_below(&flyer->thread.random, 64) == 0) {
        cache_wait_end(&caller->wait);
        on_ended(&caller->wait);
    }
}

/* Those who lead end their flights. Those who wait must hear of an end without any other help. */
static void land(struct flyer *flyer)
{
    int64_t until_ns = clock_now_ns() + WAITED_NS;

    for (size_t i = 0; i < AT_ONCE; i++)
        if (flyer->callers[i].is_leading)
            step(flyer, &flyer->callers[i]);
    for (size_t i = 0; i < AT_ONCE; i++)
        while (flyer->callers[i].slot != NULL) {
            h2o_evloop_run(flyer->thread.worker.loop, 10);
            must(clock_now_ns() < until_ns);
        }
}

static void *fly(void *cookie)
{
    struct flyer *flyer = cookie;

    begin_thread(&flyer->thread);
    while (flyer->led + flyer->waited < FLIGHTS) {
        for (size_t i = 0; i < AT_ONCE; i++)
            step(flyer, &flyer->callers[i]);
        h2o_evloop_run(flyer->thread.worker.loop, 0);
    }
    land(flyer);
    end_worker(&flyer->thread.worker);
    return NULL;
}

static void test_one_thread_leads_and_no_wait_is_forgotten(void **state)
{
    pthread_t ids[THREADS];
    unsigned waited = 0;

    stage.registry = registry_new();
    stage.cache = cache_hold(stage.registry, (struct text){0});
    for (size_t i = 0; i < THREADS; i++)
        must(pthread_create(&ids[i], NULL, fly, &flyers[i]) == 0);
    for (size_t i = 0; i < THREADS; i++) {
        must(pthread_join(ids[i], NULL) == 0);
        waited += flyers[i].waited;
    }
    assert_true(waited > 0);
    assert_int_equal(cache_read(stage.cache).slots, 0);
    registry_release(stage.cache);
    registry_free(stage.registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_key_of_all_threads),
        cmocka_unit_test(test_few_keys),
        cmocka_unit_test(test_more_keys_than_there_is_room_for),
        cmocka_unit_test(test_room_for_hardly_any_entry),
        cmocka_unit_test(test_one_thread_leads_and_no_wait_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
