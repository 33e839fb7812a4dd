/* The query of a request: parameters with bounds, and the choice of parts. */
#include "tests/unit/plan_errors.h"

#include "bff/compose/page_query.h"

static bool never(struct bff_ask *ask) { return false; }

static const struct bff_part parts[] = {
    {.name = "a", .ask = get},
    {.name = "h", .ask = get, .place = BFF_HIDDEN},
    {.name = "b", .ask = get, .after = "h", .when = never},
};

static const struct bff_query query[] = {
    {.name = "limit", .min = 1, .max = 50, .fallback = "20"},
    {.name = "sort", .words = "asc desc"},
    {.name = "q"},
};

static const struct bff_composite page = {
    .route = "GET /p/:id",
    .access = BFF_PUBLIC,
    .may_choose = true,
    .query = BFF_TABLE(query),
    .parts = BFF_TABLE(parts),
};

static const struct bff_composite plain = {
    .route = "GET /p/:id",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(parts),
};

static const struct plan *plan_of(struct pool *pool, const struct bff_composite *composite)
{
    char error[512] = "";
    const struct plan *plan = plan_make(pool, composite, error, sizeof(error));

    if (plan == NULL)
        fail_msg("%s", error);
    return plan;
}

static struct text shown(struct text value) { return value.at == NULL ? TEXT("-") : value; }

/* Returns "limit|sort|q", with '-' for an absent value; or the mistake. */
static struct text outcome(struct pool *pool, const struct plan *plan, const char *query_text)
{
    struct page_query_fault fault;
    struct page_query out;

    if (!page_query_read(pool, plan, text_of(query_text), &out, &fault))
        return pool_print(pool, "%s: %s", fault.parameter, fault.message);
    return pool_print(pool, "%.*s|%.*s|%.*s", TEXT_ARGS(shown(out.values[0])),
                      TEXT_ARGS(shown(out.values[1])), TEXT_ARGS(shown(out.values[2])));
}

#define LIMIT "limit: it must be a whole number from 1 to 50"
#define TEXTS "q: it must be UTF-8 without control bytes, and not longer than 256 bytes"
#define NO_MEMBER "parts: names something that is no member of the answer"

static const struct {
    const char *query, *want;
} value_cases[] = {
    {NULL, "20|-|-"},
    {"", "20|-|-"},
    {"limit=1&sort=desc&q=tea", "1|desc|tea"},
    {"limit=50&other=1&limits=9", "50|-|-"},
    {"li%6dit=%35", "5|-|-"},
    {"q=a+b%2Bc%26d=e", "20|-|a b+c&d=e"},
    {"q=", "20|-|"},
    {"q", "20|-|"},
    {"q=%2541", "20|-|%41"},
    {"%zz=1&q=x", "20|-|x"},
    {"limit=0", LIMIT},
    {"limit=51", LIMIT},
    {"limit=05", LIMIT},
    {"limit=", LIMIT},
    {"limit=-1", LIMIT},
    {"limit=1.5", LIMIT},
    {"limit=99999999999999999999", LIMIT},
    {"limit=1&limit=1", "limit: it is there twice"},
    {"q=&q=x", "q: it is there twice"},
    {"sort=up", "sort: it must be one of these: asc desc"},
    {"sort=asc%20desc", "sort: it must be one of these: asc desc"},
    {"q=%4", "q: it is not encoded properly"},
    {"q=%00", TEXTS},
    {"q=%ff", TEXTS},
    {"parts=a&parts=a", "parts: it is there twice"},
    {"parts=", "parts: a name is empty"},
    {"parts=a,", "parts: a name is empty"},
    {"parts=a,x", NO_MEMBER},
    {"parts=h", NO_MEMBER},
    {"parts=A", NO_MEMBER},
};

static void values(void **state)
{
    int wrong = 0;

    for (size_t i = 0; i < COUNT(value_cases); i++) {
        struct pool *pool = pool_new();
        struct text got = outcome(pool, plan_of(pool, &page), value_cases[i].query);
        if (!text_is(got, value_cases[i].want)) {
            print_error("%s gives\n    %.*s\nnot\n    %s\n", value_cases[i].query, TEXT_ARGS(got),
                        value_cases[i].want);
            wrong++;
        }
        pool_free(pool);
    }
    assert_int_equal(wrong, 0);
}

static void choices(void **state)
{
    static const struct {
        const char *query;
        uint32_t called, shown;
    } cases[] = {
        {"parts=a", 1, 1},
        {"parts=a%2Cb", 7, 5},
        {"parts=b", 6, 4},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct pool *pool = pool_new();
        struct page_query_fault fault;
        struct page_query out;
        assert_true(
            page_query_read(pool, plan_of(pool, &page), text_of(cases[i].query), &out, &fault));
        assert_int_equal(out.choice->called, cases[i].called);
        assert_int_equal(out.choice->shown, cases[i].shown);
        pool_free(pool);
    }
}

static void a_page_without_rows_ignores_the_query(void **state)
{
    struct pool *pool = pool_new();
    struct page_query_fault fault;
    struct page_query out;

    assert_true(page_query_read(pool, plan_of(pool, &plain), TEXT("parts=x&q=%zz"), &out, &fault));
    assert_null(out.choice);
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(choices),
        cmocka_unit_test(a_page_without_rows_ignores_the_query),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
