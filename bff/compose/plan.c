/* See plan.h. */
#include "bff/compose/plan.h"

int plan_param(const struct plan *plan, struct text name)
{
    for (size_t i = 0; i < plan->param_count; i++)
        if (text_equal(plan->params[i], name))
            return (int)i;
    return -1;
}

int plan_part(const struct plan *plan, struct text name)
{
    for (size_t i = 0; i < plan->part_count; i++)
        if (text_equal(plan->parts[i].name, name))
            return (int)i;
    return PLAN_NO_PART;
}

static bool is_param(struct text segment) { return segment.len > 0 && segment.at[0] == ':'; }

/* True when a path segment can match both ${a} and ${b}. A parameter matches every segment that is
 * not empty. */
static bool segments_meet(struct text a, struct text b)
{
    if (is_param(a) || is_param(b))
        return a.len > 0 && b.len > 0;
    return text_equal(a, b);
}

bool plan_collides(const struct plan *a, const struct plan *b)
{
    if (!text_equal(a->method, b->method) || a->segment_count != b->segment_count)
        return false;
    for (size_t i = 0; i < a->segment_count; i++)
        if (!segments_meet(a->segments[i], b->segments[i]))
            return false;
    return true;
}
