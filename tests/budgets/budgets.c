/*
 * Compares the sizes of answers with the budgets of a build:
 *
 *     bff-budgets-web fixtures
 *
 * Every composite for GET with .budget_bytes is made of the records of the mock services, with the
 * id of each record as each parameter of its path. A parameter of the query has the largest number
 * that it may have, or its fallback. When an answer is larger than the budget, the program names it
 * and the part that takes the most, and exits with 1. Every build runs it (CMakeLists.txt above).
 */
#include <stdio.h>

#include "bff/compose/build.h"
#include "bff/compose/plan_make.h"
#include "tests/budgets/answers.h"

#define IDS_MAX ((size_t)4096)
#define PARAMS_MAX 16

struct ids {
    struct text rows[IDS_MAX];
    size_t count;
};

/* The largest answer of a composite so far. */
struct found {
    struct answers_size size;
    struct text params[PARAMS_MAX];
};

static struct pool *pool; /* as long as the program */
static struct ids ids;

/* The ids. */

static void add_id(struct text id)
{
    for (size_t i = 0; i < ids.count; i++)
        if (text_equal(ids.rows[i], id))
            return;
    must(ids.count < IDS_MAX);
    ids.rows[ids.count++] = id;
}

static void read_ids(enum mock_service service)
{
    const struct mock_list *list = mock_data_all(answers.data, service);

    for (size_t i = 0; mock_kinds[service].id != NULL && i < list->count; i++)
        add_id(json_text(json_get(json_of(list->items[i]), mock_kinds[service].id), pool));
}

/* A composite. */

static struct text *queries_of(const struct plan *plan)
{
    struct text *values = pool_zero(pool, (plan->query_count + 1) * sizeof(*values));

    for (size_t i = 0; i < plan->query_count; i++) {
        const struct bff_query *row = &plan->composite->query.rows[i];
        values[i] = row->max > 0 ? pool_print(pool, "%u", row->max) : text_of(row->fallback);
    }
    return values;
}

/* Asks with each id as the parameter ${at}, and each one as those after it. From the third
 * parameter on, they have the id of the second: more would last too long. */
static void try_ids(const struct plan *plan, const struct text *query, struct text *params,
                    size_t at, struct found *found)
{
    if (at == plan->param_count) {
        struct answers_size size = answers_make(plan, params, query);
        if (size.bytes > found->size.bytes) {
            found->size = size;
            memcpy(found->params, params, at * sizeof(*params));
        }
        return;
    }
    for (size_t i = 0; i < (at < 2 ? ids.count : 1); i++) {
        params[at] = at < 2 ? ids.rows[i] : params[1];
        try_ids(plan, query, params, at + 1, found);
    }
}

static void print_found(const struct plan *plan, const struct found *found, FILE *out)
{
    fprintf(out, "%s:", plan->composite->route);
    for (size_t i = 0; i < plan->param_count; i++)
        fprintf(out, "%s %.*s=%.*s", i == 0 ? "" : ",", TEXT_ARGS(plan->params[i]),
                TEXT_ARGS(found->params[i]));
    fprintf(out, " has %zu bytes, and .budget_bytes is %u; most of them, %zu, are %.*s",
            found->size.bytes, plan->composite->budget_bytes, found->size.largest.bytes,
            TEXT_ARGS(found->size.largest.name));
}

/* Returns false when an answer is over the budget. */
static bool check(const struct plan *plan)
{
    struct text params[PARAMS_MAX];
    struct found found = {0};

    must(plan->param_count <= PARAMS_MAX);
    try_ids(plan, queries_of(plan), params, 0, &found);
    bool is_over = found.size.bytes > plan->composite->budget_bytes;
    if (found.size.bytes == 0)
        printf("%s: no record gives an answer, so .budget_bytes is not compared\n",
               plan->composite->route);
    else
        print_found(plan, &found, is_over ? stderr : stdout);
    if (is_over)
        fprintf(stderr, ". Pick fewer members (.pick), or raise the budget (docs/budgets.md)");
    if (found.size.bytes > 0)
        fputc('\n', is_over ? stderr : stdout);
    return !is_over;
}

/* Returns false when an answer is over its budget. The program itself tells of mistakes. */
static bool check_composite(const struct bff_composite *composite)
{
    char error[4096];
    const struct plan *plan;

    if (composite->budget_bytes == 0)
        return true;
    plan = plan_make(pool, composite, error, sizeof(error));
    return plan == NULL || !text_is(plan->method, "GET") || check(plan);
}

int bff_main(int argc, char **argv, const struct bff_build *build)
{
    char error[512];
    int wrong = 0;

    if (argc != 2) {
        fprintf(stderr, "Usage: %s FIXTURES\n", argv[0]);
        return 2;
    }
    answers.data = mock_data_load(argv[1], error, sizeof(error));
    if (answers.data == NULL) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    pool = pool_new();
    for (enum mock_service service = 0; service < MOCK_SERVICES; service++)
        read_ids(service);
    for (size_t i = 0; i < build_composite_count(build); i++)
        wrong += !check_composite(build->composites.rows[i]);
    pool_free(pool);
    mock_data_free(answers.data);
    return wrong == 0 ? 0 : 1;
}
