/* Checks .p95_ms and .budget_bytes. See plan_check.h. */
#include "bff/compose/plan_check.h"

/* The bytes of the braces and of all names that each complete answer has. Members of BFF_SPREAD do
 * not count: a service may leave them out. */
static size_t bytes_of_names(const struct plan *plan)
{
    size_t bytes = 1; /* the first name has no comma */

    for (size_t i = 0; i < plan->part_count; i++)
        if (plan->parts[i].row->place == BFF_MEMBER)
            bytes += plan->parts[i].key.len;
    for (size_t i = 0; i < plan->field_count; i++)
        bytes += plan->fields[i].key.len;
    return bytes;
}

void plan_check_budgets(struct plan_mistakes *mistakes, const struct plan *plan)
{
    const struct bff_composite *composite = plan->composite;
    size_t least = bytes_of_names(plan);

    if (composite->p95_ms >= plan->budget_ms)
        plan_mistake(
            mistakes,
            ".p95_ms is %u, but the budget is %u ms, so no answer takes longer: write less "
            "than .budget_ms",
            composite->p95_ms, (unsigned)plan->budget_ms);
    if (composite->budget_bytes > 0 && composite->budget_bytes < least)
        plan_mistake(mistakes,
                     ".budget_bytes is %u, but the names of the members alone have %zu bytes: the "
                     "unit is bytes, so write 16 * 1024 for 16 KiB",
                     composite->budget_bytes, least);
}
