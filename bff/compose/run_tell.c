/* See run_tell.h. */
#include "bff/compose/run_tell.h"

bool run_tell_is_certain(const struct run *run)
{
    const struct plan *plan = run->request->plan;

    if (run->failed != PLAN_NO_PART || run->is_forbidden || !run->has_seen_owner)
        return false;
    for (size_t i = 0; i < plan->part_count; i++)
        if (plan->parts[i].row->need == BFF_REQUIRED && !run->parts[i].is_settled)
            return false;
    return true;
}

void run_tell(struct run *run)
{
    if (run->request->told == NULL || run->unsettled == run->untold)
        return;
    run->untold = run->unsettled;
    run->request->told(run->request->cookie);
}
