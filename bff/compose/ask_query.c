/* Query parameters of the client's request. See compose_ask.h and ask_describe.h. */
#include "bff/compose/ask.h"
#include "bff/compose/ask_describe.h"

struct text ask_query_value(struct bff_ask *ask, const char *name)
{
    int place = plan_query(ask->plan, text_of(name));

    if (place < 0) {
        ask_mistake(ask,
                    "ask_query_value or ask_pass_query names \"%s\", which has no row in .query",
                    name == NULL ? "" : name);
        return (struct text){0};
    }
    return ask->query == NULL ? (struct text){0} : ask->query[place];
}

void ask_pass_query(struct bff_ask *ask, const char *name)
{
    struct text value = ask_query_value(ask, name);

    if (value.at != NULL)
        ask_query(ask, name, value);
    else
        ask_current(ask); /* so that the rehearsal finds a call that has not begun */
}

static struct text example_of(const struct bff_query *row, struct pool *pool)
{
    struct text words = text_of(row->words);

    if (row->fallback != NULL)
        return text_of(row->fallback);
    if (row->max > 0)
        return pool_print(pool, "%u", row->min);
    return words.at == NULL ? TEXT("1") : text_cut(&words, ' ');
}

const struct text *ask_query_rehearsal(const struct plan *plan, struct pool *pool)
{
    struct text *values = pool_take(pool, (plan->query_count + 1) * sizeof(*values));

    for (size_t i = 0; i < plan->query_count; i++)
        values[i] = example_of(&plan->composite->query.rows[i], pool);
    return values;
}
