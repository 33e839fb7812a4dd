/* Advice for composites (bff/record/record_advice.c), from requests that are made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/record/record_advice.h"

#define MS INT64_C(1000000)
#define MOST 24
#define PARTS 3

enum { A, B, C };

/* Each request begins at 1 s. Part C waits for A. */
struct made {
    struct record_entry entries[MOST];
    struct record_entry *list[MOST];
    struct part_report parts[MOST][PARTS];
    size_t count;
    struct record_advice_row rows[PARTS];
    struct record_advice_plan plan;
};

static struct made made;

static int setup(void **state)
{
    made = (struct made){
        .rows = {{.name = TEXT("a"), .after = -1},
                 {.name = TEXT("b"), .after = -1},
                 {.name = TEXT("c"), .after = A}},
        .plan = {.method = TEXT("GET"), .pattern = TEXT("/p"), .rows = made.rows, .count = PARTS},
    };
    return 0;
}

static int64_t end_of(const struct part_report *part)
{
    return part->started_ns == 0 ? 0 : part->started_ns + part->took_ns;
}

/* Adds a request whose parts have taken so many milliseconds; 0: not started. The answer took one
 * more than the last part. */
static struct record_entry *add(int a_ms, int b_ms, int c_ms)
{
    const int took[PARTS] = {a_ms, b_ms, c_ms};
    struct part_report *parts = made.parts[made.count];
    struct record_entry *entry = &made.entries[made.count];

    assert_true(made.count < MOST);
    *entry = (struct record_entry){.method = TEXT("GET"),
                                   .pattern = TEXT("/p"),
                                   .status = 200,
                                   .head_ns = 1000 * MS,
                                   .parts = parts,
                                   .part_count = PARTS};
    for (size_t i = 0; i < PARTS; i++) {
        parts[i] = (struct part_report){.name = made.rows[i].name, .took_ns = took[i] * MS};
        if (took[i] > 0)
            parts[i].started_ns = i == C ? end_of(&parts[A]) : entry->head_ns;
        if (end_of(&parts[i]) > end_of(&parts[entry->set_by]))
            entry->set_by = i;
    }
    entry->took_ns = end_of(&parts[entry->set_by]) - entry->head_ns + MS;
    made.list[made.count++] = entry;
    return entry;
}

static void add_many(size_t count, int a_ms, int b_ms, int c_ms)
{
    for (size_t i = 0; i < count; i++)
        add(a_ms, b_ms, c_ms);
}

static struct record_advice advice_in(struct pool *pool)
{
    return record_advice_make(pool, &made.plan, made.list, made.count);
}

static void assert_limit(const struct record_advice_part *part, unsigned limit_ms, int p95_ms,
                         int p99_ms, size_t lost)
{
    assert_int_equal(part->limit_ms, limit_ms);
    assert_int_equal(part->saved_p95, p95_ms * MS);
    assert_int_equal(part->saved_p99, p99_ms * MS);
    assert_int_equal(part->lost, lost);
}

static void test_measures(void **state)
{
    struct pool *pool = pool_new();

    for (int i = 1; i <= 20; i++)
        add(i, 10, 0);
    struct record_advice advice = advice_in(pool);
    assert_int_equal(advice.requests, 20);
    assert_int_equal(advice.p50, 11 * MS);
    assert_int_equal(advice.p95, 20 * MS);
    assert_int_equal(advice.parts[A].p50, 10 * MS);
    assert_int_equal(advice.parts[A].p95, 19 * MS);
    assert_int_equal(advice.parts[A].set, 11); /* of two parts that settle at once, the first */
    assert_int_equal(advice.parts[B].set, 9);
    assert_int_equal(advice.parts[B].p95, 10 * MS);
    assert_int_equal(advice.parts[C].runs, 0);
    assert_int_equal(advice.parts[C].p95, 0);
    assert_limit(&advice.parts[A], 19, 0, 1, 1);
    assert_limit(&advice.parts[B], 0, 0, 0, 0);
    pool_free(pool);
}

/* Each of two parts is rarely slow. Together they make the answers slow more often. */
static void test_a_limit_saves(void **state)
{
    struct pool *pool = pool_new();

    add(100, 10, 0);
    add(10, 50, 0);
    add_many(18, 10, 10, 0);
    struct record_advice advice = advice_in(pool);
    assert_int_equal(advice.p95, 51 * MS);
    assert_limit(&advice.parts[A], 10, 40, 50, 1);
    assert_limit(&advice.parts[B], 10, 40, 0, 1);
    pool_free(pool);
}

static void test_who_waits_is_not_started(void **state)
{
    struct pool *pool = pool_new();

    add(100, 10, 50);
    add(10, 90, 5);
    add_many(18, 10, 10, 5);
    struct record_advice advice = advice_in(pool);
    assert_int_equal(advice.p95, 91 * MS);
    assert_limit(&advice.parts[A], 10, 75, 60, 1); /* 151 becomes 11, and 16 is next to 91 */
    assert_int_equal(advice.parts[C].set, 19);
    pool_free(pool);
}

static void test_no_limit(void **state)
{
    static const struct {
        const char *why;
        bool is_required;
        uint32_t timeout_ms, want;
        size_t requests;
    } cases[] = {
        {"advised", false, 0, 10, 20},
        {"a longer limit is there", false, 11, 10, 20},
        {"the limit is there", false, 10, 0, 20},
        {"a shorter limit is there", false, 5, 0, 20},
        {"its rejection is an error", true, 0, 0, 20},
        {"too few requests", false, 0, 0, 19},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pool *pool = pool_new();
        print_message("%s\n", cases[i].why);
        setup(state);
        made.rows[A].is_required = cases[i].is_required;
        made.rows[A].timeout_ms = cases[i].timeout_ms;
        add(100, 10, 0);
        add_many(cases[i].requests - 1, 10, 10, 0);
        assert_int_equal(advice_in(pool).parts[A].limit_ms, cases[i].want);
        pool_free(pool);
    }
}

static void test_what_counts(void **state)
{
    struct pool *pool = pool_new();

    assert_int_equal(advice_in(pool).requests, 0);
    assert_int_equal(advice_in(pool).p95, 0);
    add(10, 10, 0);
    add(500, 10, 0)->status = 499;
    add(500, 10, 0)->method = TEXT("POST");
    add(500, 10, 0)->pattern = TEXT("/q");
    add(500, 10, 0)->part_count = 0;
    struct record_advice advice = advice_in(pool);
    assert_int_equal(advice.requests, 1);
    assert_int_equal(advice.p50, 11 * MS);
    assert_int_equal(advice.parts[A].runs, 1);
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_measures, setup),
        cmocka_unit_test_setup(test_a_limit_saves, setup),
        cmocka_unit_test_setup(test_who_waits_is_not_started, setup),
        cmocka_unit_test_setup(test_no_limit, setup),
        cmocka_unit_test_setup(test_what_counts, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
