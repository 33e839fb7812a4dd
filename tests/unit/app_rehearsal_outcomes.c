/* Tests of the outcomes of a rehearsal: their names, and what their parts are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bff/app/rehearsal_outcomes.h"
#include "bff/compose/part_faults.h"
#include "bff/compose/plan_make.h"

#define MANY 11

static const struct bff_service users = {.name = "users"};

static void get(struct bff_ask *ask) { ask_get(ask, &users, "/users"); }
static void create(struct bff_ask *ask) { ask_post(ask, &users, "/users"); }

static const struct bff_part few[] = {
    {.name = "first", .ask = get, .need = BFF_REQUIRED, .kind = BFF_ANY},
    {.name = "list", .ask = get, .after = "first", .many = 5, .kind = BFF_ANY},
    {.name = "plain", .ask = get, .many = 5, .kind = BFF_ANY},
};

static const struct bff_part changing[] = {
    {.name = "made", .ask = create, .need = BFF_REQUIRED, .kind = BFF_ANY},
};

static struct rehearsal it;

static void make(const char *route, const struct bff_part *parts, size_t count)
{
    static struct bff_composite composite;
    char error[512] = "";

    composite = (struct bff_composite){
        .route = route, .failure = "Failed", .access = BFF_PUBLIC, .parts = {parts, count}};
    it = (struct rehearsal){.pool = pool_new()};
    it.plan = plan_make(it.pool, &composite, error, sizeof(error));
    if (it.plan == NULL)
        fail_msg("%s", error);
    rehearsal_outcomes_make(&it);
}

static const struct rehearsal_outcome *find(const char *name)
{
    for (size_t i = 0; i < it.count; i++)
        if (text_is(it.outcomes[i].name, name))
            return &it.outcomes[i];
    return NULL;
}

static void assert_clause(const char *name, const char *clause)
{
    const struct rehearsal_outcome *outcome = find(name);

    if (outcome == NULL || !text_equal(outcome->clause, text_of(clause)))
        fail_msg("%s: %.*s", name, outcome == NULL ? 4 : (int)outcome->clause.len,
                 outcome == NULL ? "none" : outcome->clause.at);
}

/* The server must understand each of them, and no two files may have one name. */
static void assert_sound(void)
{
    struct part_faults faults;

    for (size_t i = 0; i < it.count; i++) {
        const struct rehearsal_outcome *outcome = &it.outcomes[i];
        assert_null(part_faults_read(it.pool, it.plan, outcome->clause, &faults));
        assert_null(faults.rest.at);
        assert_int_equal(faults.first == NULL, i == 0);
        char *name = (char *)pool_text(it.pool, outcome->name).at;
        assert_ptr_equal(find(name), outcome);
    }
}

static void each_set_and_each_reason(void **state)
{
    make("GET /page", few, 3);
    assert_sound();
    assert_clause("ok", NULL);
    assert_clause("first-list-each-plain-each-timeout",
                  "part:first timeout; part:list[] timeout; part:plain[] timeout");
    assert_clause("first-status-404", "part:first status=404");
    assert_clause("first-skipped", "part:first skipped");
    assert_clause("list-timeout", "part:list timeout");
    assert_clause("list-skipped", "part:list skipped");
    assert_clause("list-each-status-503", "part:list[] status=503");
    assert_clause("plain-too_large", "part:plain too_large");
    assert_null(find("plain-timeout"));
    assert_null(find("first-unknown"));
    /* 8 sets. first: 9 reasons of calls and `skipped`, without the timeout, and a second status.
     * list: 3 as a whole, and 9 of items. plain: 1 and 8. */
    assert_int_equal(it.count, 8 + 10 + 12 + 9);
    assert_true(text_is(find("list-each-reset")->words[1], "each item reset"));
    pool_free(it.pool);
}

static void a_part_that_changes_data(void **state)
{
    make("POST /page", changing, 1);
    assert_sound();
    assert_clause("made-unknown", "part:made unknown");
    assert_clause("made-status-409", "part:made status=409");
    assert_null(find("made-status-503"));
    pool_free(it.pool);
}

/* With more parts than ten, one and two fail at a time. */
static void many_parts(void **state)
{
    struct bff_part parts[MANY];
    char names[MANY][8];

    for (size_t i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof(names[i]), "p%zu", i);
        parts[i] = (struct bff_part){.name = names[i], .ask = get, .kind = BFF_ANY};
    }
    make("GET /page", parts, MANY);
    assert_sound();
    assert_int_equal(it.count, 1 + MANY + MANY * (MANY - 1) / 2 + MANY * 8);
    assert_clause("p3-p10-timeout", "part:p3 timeout; part:p10 timeout");
    assert_null(find("p1-p2-p3-timeout"));
    pool_free(it.pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_set_and_each_reason),
        cmocka_unit_test(a_part_that_changes_data),
        cmocka_unit_test(many_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
