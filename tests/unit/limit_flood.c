/* Test of a flood: four workers count a million addresses. The memory stays bounded, and the
 * addresses that are at their limit stay there. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/limit/limit_table.h"
#include "bff/limit/limiter.h"

#define WORKERS 4
#define ADDRESSES 1000000
#define KEYS 160000
#define MAX 100

static struct limit_rule rule = {
    .name = {"api", 3}, .algorithm = LIMIT_FIXED, .window_ms = 900000, .max = MAX};
static const struct limit_rules rules = {&rule, 1};
static struct registry *registry;

static bool is_refused(struct limiter *limiter, const char *address)
{
    struct limit_hit hit = {.rule = &rule, .key = text_of(address), .cost = 1};
    struct limiter_question question = {.hits = &hit, .count = 1};

    must(limiter_ask(limiter, &question) == LIMITER_DECIDED);
    return question.verdicts[0].is_refused;
}

/* Each worker has a hot address of its own, and a quarter of the others. */
static void *work(void *cookie)
{
    unsigned number = *(const unsigned *)cookie;
    struct limiter *limiter = limiter_new(
        &(struct limiter_settings){.rules = &rules, .keys = KEYS, .registry = registry});
    char hot[32], address[32];

    snprintf(hot, sizeof(hot), "192.0.2.%u", number);
    for (int i = 0; i < MAX; i++)
        must(!is_refused(limiter, hot));
    for (unsigned i = number; i < ADDRESSES; i += WORKERS) {
        snprintf(address, sizeof(address), "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
        must(!is_refused(limiter, address));
        if (i % 1000 == number)
            must(is_refused(limiter, hot));
    }
    limiter_free(limiter);
    return NULL;
}

static size_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*u %lu", &pages), 1);
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void a_million_addresses_fit_and_a_hot_one_stays_limited(void **state)
{
    pthread_t threads[WORKERS];
    unsigned numbers[WORKERS];

    registry = registry_new();
    struct limit_table *table = limit_table_hold(registry, KEYS);
    size_t before = resident_bytes();
    for (unsigned i = 0; i < WORKERS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &numbers[i]), 0);
    }
    for (unsigned i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    size_t more = resident_bytes() - before;
    print_message("%d addresses: %zu KiB more; the table has %zu KiB\n", ADDRESSES, more / 1024,
                  limit_table_bytes(KEYS) / 1024);
    assert_in_range(limit_table_bytes(KEYS), 0, KEYS * 64);
#ifndef __SANITIZE_THREAD__ /* it needs memory of its own for each address */
    assert_in_range(more, 0, ADDRESSES * 64);
#endif
    registry_release(table);
    registry_free(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_million_addresses_fit_and_a_hot_one_stays_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
