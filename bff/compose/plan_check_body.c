/* Checks of what a composite says about the body of a request. See plan_check.h. */
#include "bff/http/method.h"

#include "bff/compose/input_spec.h"
#include "bff/compose/plan_check.h"

static bool is_empty(const struct bff_body *row)
{
    bool has_bounds = row->min > 0 || row->max > 0 || row->is_whole || row->words != NULL;

    return row->path == NULL && row->kind == BFF_BODY_ANY && !row->is_optional && !has_bounds;
}

size_t plan_body_count(const struct bff_composite *composite)
{
    const struct bff_bodies *body = &composite->body;
    size_t count = body->rows == NULL ? 0 : body->count;

    while (count > 0 && is_empty(&body->rows[count - 1]))
        count--;
    return count;
}

static bool changes(const struct bff_composite *composite)
{
    struct text rest = text_of(composite->route);

    return method_may_change(text_cut(&rest, ' '));
}

static void check_rows(struct plan_mistakes *mistakes, size_t count)
{
    const struct bff_body *rows = mistakes->composite->body.rows;
    struct pool *pool = pool_new();
    struct input_spec spec;

    input_spec_init(&spec, pool);
    for (size_t i = 0; i < count; i++) {
        const char *wrong = input_spec_add(&spec, &rows[i]);
        if (wrong != NULL && text_of(rows[i].path).len == 0)
            plan_mistake(mistakes, ".body: row %zu: %s", i + 1, wrong);
        else if (wrong != NULL)
            plan_mistake(mistakes, ".body: row \"%s\": %s", rows[i].path, wrong);
    }
    pool_free(pool);
}

void plan_check_body(struct plan_mistakes *mistakes)
{
    const struct bff_composite *composite = mistakes->composite;
    size_t count = plan_body_count(composite);

    if (count > INPUT_SPEC_ROWS_MAX) {
        plan_mistake(mistakes, ".body has %zu rows, which is over %d", count, INPUT_SPEC_ROWS_MAX);
        return;
    }
    if (count > 0 && !changes(composite))
        plan_mistake(mistakes, ".body is of use with POST, PUT, PATCH and DELETE only");
    if (composite->body_bytes > 0 && !changes(composite))
        plan_mistake(mistakes, ".body_bytes is of use with POST, PUT, PATCH and DELETE only");
    if (composite->body_bytes > PLAN_BODY_BYTES_MAX)
        plan_mistake(mistakes, ".body_bytes is %u, which is over %u", composite->body_bytes,
                     PLAN_BODY_BYTES_MAX);
    check_rows(mistakes, count);
}
