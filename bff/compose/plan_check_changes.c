/* Checks of the parts that change data. See plan_check.h. */
#include "bff/compose/plan_check.h"

/* True when part ${i} starts only after part ${before} has ended. */
static bool waits_for(const struct plan *plan, size_t i, size_t before)
{
    for (int at = plan->parts[i].after; at != PLAN_NO_PART; at = plan->parts[at].after)
        if (at == (int)before)
            return true;
    return false;
}

/* Two parts that change data must not run at the same time: when one of them fails, nobody could
 * say whether the other one has changed anything. A part waits only for parts above it. */
static void check_order(struct plan_mistakes *mistakes, const struct plan *plan, size_t i)
{
    for (size_t before = 0; before < i; before++)
        if (plan->parts[before].changes && !waits_for(plan, i, before)) {
            plan_part_mistake(mistakes, i,
                              "it changes data, and so does part \"%.*s\": write .after, so that "
                              "one waits for the other",
                              TEXT_ARGS(plan->parts[before].name));
            return;
        }
}

static void check_columns(struct plan_mistakes *mistakes, const struct plan *plan, size_t i)
{
    const struct bff_part *row = plan->parts[i].row;

    if (row->many > 0)
        plan_part_mistake(mistakes, i,
                          "it changes data, so .many is not possible: one part makes "
                          "one change");
    if (row->cache_s > 0)
        plan_part_mistake(mistakes, i, "it changes data, so .cache_s is not possible");
    if (row->hedge_ms > 0)
        plan_part_mistake(mistakes, i, "it changes data, so .hedge_ms is not possible");
}

/* Until the owner is known, the part that has it runs, and the parts for which it waits. None of
 * them may change data. */
static void check_owner(struct plan_mistakes *mistakes, const struct plan *plan)
{
    for (int at = plan->owner_part; at != PLAN_NO_PART; at = plan->parts[at].after)
        if (plan->parts[at].changes)
            plan_part_mistake(mistakes, (size_t)at,
                              "it changes data before .owner is known, which is \"%s\"",
                              plan->composite->owner);
}

void plan_check_changes(struct plan_mistakes *mistakes, const struct plan *plan)
{
    for (size_t i = 0; i < plan->part_count; i++) {
        if (!plan->parts[i].changes) {
            if (plan->parts[i].row->undo != NULL)
                plan_part_mistake(mistakes, i,
                                  ".undo takes a change back, but the part changes nothing");
            continue;
        }
        if (!plan->changes)
            plan_part_mistake(mistakes, i,
                              "it changes data, but .route is a %.*s: write POST, PUT, PATCH or "
                              "DELETE",
                              TEXT_ARGS(plan->method));
        check_columns(mistakes, plan, i);
        check_order(mistakes, plan, i);
    }
    check_owner(mistakes, plan);
}
