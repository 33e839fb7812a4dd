/* The rows of .query of a composite. See plan.h. */
#include "bff/compose/plan.h"

int plan_query(const struct plan *plan, struct text name)
{
    for (size_t i = 0; i < plan->query_count; i++)
        if (text_is(name, plan->composite->query.rows[i].name))
            return (int)i;
    return -1;
}

bool plan_query_has_word(const struct bff_query *row, struct text value)
{
    struct text rest = text_of(row->words);

    while (rest.at != NULL) {
        struct text word = text_cut(&rest, ' ');
        if (word.len > 0 && text_equal(word, value))
            return true;
    }
    return false;
}
