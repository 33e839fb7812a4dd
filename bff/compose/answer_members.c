/* See answer_members.h. */
#include "bff/compose/answer_members.h"

_Static_assert(BFF_PARTS_MAX <= 32, "a bit for each part");

static uint32_t bit(size_t part) { return UINT32_C(1) << part; }

static uint32_t parts_of(const struct plan_field *field)
{
    uint32_t parts = 0;

    for (size_t i = 0; i < field->of_count; i++)
        parts |= bit((size_t)field->of[i]);
    return parts;
}

/* A part needs itself, and what the computed members read that are put into it. */
static uint32_t needs_of_part(const struct plan *plan, size_t part)
{
    uint32_t needs = bit(part);

    for (size_t i = 0; i < plan->field_count; i++)
        if (plan->fields[i].into == (int)part)
            needs |= parts_of(&plan->fields[i]);
    return needs;
}

struct answer_member *answer_members_make(const struct run *run, size_t *count)
{
    const struct plan *plan = run->request->plan;
    const struct choice *choice = run->request->choice;
    size_t most = plan->part_count + plan->field_count;
    struct answer_member *members = pool_take(run->request->pool, most * sizeof(*members));

    *count = 0;
    for (size_t i = 0; i < plan->part_count; i++)
        if (plan->parts[i].row->place != BFF_HIDDEN && choice_shows(choice, i))
            members[(*count)++] =
                (struct answer_member){.place = i, .needs = needs_of_part(plan, i)};
    for (size_t i = 0; i < plan->field_count; i++)
        if (plan->fields[i].into == PLAN_NO_PART && choice_shows_field(choice, i))
            members[(*count)++] = (struct answer_member){
                .is_field = true, .place = i, .needs = parts_of(&plan->fields[i])};
    return members;
}

bool answer_members_is_ready(const struct run *run, const struct answer_member *member)
{
    for (size_t i = 0; i < run->request->plan->part_count; i++)
        if ((member->needs & bit(i)) != 0 && !run->parts[i].is_settled)
            return false;
    return true;
}
