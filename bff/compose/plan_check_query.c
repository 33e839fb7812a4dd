/* Checks of the query parameters of a composite. See plan_check.h. */
#include <string.h>

#include "bff/compose/ask.h"
#include "bff/compose/plan_check.h"

#define PARTS "parts" /* what a client names with .may_choose */

static bool is_empty(const struct bff_query *row)
{
    return row->name == NULL && row->fallback == NULL && row->words == NULL && row->min == 0 &&
           row->max == 0;
}

size_t plan_query_count(const struct bff_composite *composite)
{
    const struct bff_queries *query = &composite->query;
    size_t count = query->rows == NULL ? 0 : query->count;

    while (count > 0 && is_empty(&query->rows[count - 1]))
        count--;
    return count;
}

static void check_name(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_composite *composite = mistakes->composite;
    const char *name = composite->query.rows[i].name;

    if (name == NULL) {
        plan_query_mistake(mistakes, i, ".name is missing");
        return;
    }
    if (!plan_is_made_of(text_of(name), PLAN_NAME_BYTES ".~[]"))
        plan_query_mistake(mistakes, i, ".name must be letters, digits, or \"_-.~[]\"");
    if (composite->may_choose && strcmp(name, PARTS) == 0)
        plan_query_mistake(mistakes, i,
                           "with .may_choose, clients name members with \"" PARTS "\"");
    for (size_t at = 0; at < i; at++)
        if (text_is(text_of(composite->query.rows[at].name), name))
            plan_query_mistake(mistakes, i, "a row above has the same .name");
}

static void check_number(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_query *row = &mistakes->composite->query.rows[i];
    struct text fallback = text_of(row->fallback);
    uint64_t number = 0;

    if (row->min > 0 && row->max == 0)
        plan_query_mistake(mistakes, i, ".min is of use with .max only");
    else if (row->min > row->max)
        plan_query_mistake(mistakes, i, ".min is %u, which is over .max", row->min);
    if (row->max == 0)
        return;
    if (row->words != NULL)
        plan_query_mistake(mistakes, i, ".words is of no use: .max makes the value a number");
    if (fallback.at != NULL && (text_number(fallback, row->max, &number) != 0 || number < row->min))
        plan_query_mistake(mistakes, i, ".fallback must be a number from %u to %u", row->min,
                           row->max);
}

static void check_text(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_query *row = &mistakes->composite->query.rows[i];
    struct text fallback = text_of(row->fallback);

    if (row->max > 0)
        return;
    if (row->words != NULL && row->words[strspn(row->words, " ")] == '\0')
        plan_query_mistake(mistakes, i, ".words has no word");
    else if (row->words != NULL && fallback.at != NULL && !plan_query_has_word(row, fallback))
        plan_query_mistake(mistakes, i, ".fallback is none of .words");
    else if (fallback.at != NULL && !ask_is_fit(fallback))
        plan_query_mistake(mistakes, i, ".fallback cannot be sent: see ask_query");
}

/* A client must not choose which changes are made. */
static void check_choice(struct plan_mistakes *mistakes)
{
    struct text route = text_of(mistakes->composite->route);

    if (mistakes->composite->may_choose && route.at != NULL &&
        !text_is(text_cut(&route, ' '), "GET"))
        plan_mistake(mistakes, ".may_choose is for composites with GET");
}

void plan_check_query(struct plan_mistakes *mistakes)
{
    const struct bff_queries *query = &mistakes->composite->query;

    if (query->rows != NULL && query->count == 0)
        plan_mistake(mistakes, ".query has no count: write .query = BFF_TABLE(query)");
    for (size_t i = 0; i < plan_query_count(mistakes->composite); i++) {
        check_name(mistakes, i);
        check_number(mistakes, i);
        check_text(mistakes, i);
    }
    check_choice(mistakes);
}
