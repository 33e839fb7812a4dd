/* The checks of a composite that need its complete plan. See plan_check.h. */
#include <string.h>

#include "bff/compose/ask.h"
#include "bff/compose/plan_check.h"

/* Members. */

/* A position in the list of all members of the answer. next_member moves it. */
struct members {
    const struct plan *plan;
    size_t part, picked, field, own;
};

static const char *const own_members[] = {"loadedAt", "partialFailure", "errors"};

static struct text next_of_parts(struct members *at)
{
    for (; at->part < at->plan->part_count; at->part++, at->picked = 0) {
        const struct plan_part *part = &at->plan->parts[at->part];
        if (part->row->place == BFF_MEMBER && at->picked++ == 0)
            return part->name;
        if (part->row->place == BFF_SPREAD && at->picked < part->pick->member_count)
            return part->pick->members[at->picked++].name;
    }
    return (struct text){0};
}

/* Returns the name of the next member; absent after the last one. The engine's own members come
 * first, because no part may have their names. */
static struct text next_member(struct members *at)
{
    if (at->own < sizeof(own_members) / sizeof(own_members[0]))
        return text_of(own_members[at->own++]);
    struct text name = next_of_parts(at);
    while (name.at == NULL && at->field < at->plan->field_count) {
        const struct plan_field *field = &at->plan->fields[at->field++];
        if (field->into == PLAN_NO_PART)
            name = text_of(field->row->name);
    }
    return name;
}

static void check_member(struct plan_mistakes *mistakes, struct members here, struct text name)
{
    size_t times = 0;
    struct members all = {.plan = here.plan};

    /* Compares ${name} with the members before it. The loop ends at the position of the member
     * itself. */
    for (struct text other = next_member(&all); other.at != NULL; other = next_member(&all)) {
        times += text_equal(other, name);
        if (memcmp(&all, &here, sizeof(all)) == 0)
            break;
    }
    if (times == 2)
        plan_mistake(mistakes, "member \"%.*s\" would stand twice in the answer", TEXT_ARGS(name));
}

static void check_members(struct plan_mistakes *mistakes, const struct plan *plan)
{
    struct members at = {.plan = plan};

    for (struct text name = next_member(&at); name.at != NULL; name = next_member(&at))
        check_member(mistakes, at, name);
}

/* Readers. */

static void check_hidden(struct plan_mistakes *mistakes, const struct plan *plan)
{
    for (size_t i = 0; i < plan->part_count; i++)
        if (plan->parts[i].row->place == BFF_HIDDEN && !plan->parts[i].is_read)
            plan_part_mistake(mistakes, i, "it is hidden, and neither a field nor a part reads it");
}

static bool is_waited_for(const struct plan *plan, int part)
{
    for (size_t i = 0; i < plan->part_count; i++)
        if (plan->parts[i].after == part)
            return true;
    return false;
}

/* Checks the owner, which is a parameter ("userId") or a member of a part ("order.userId"). */
static void check_owner(struct plan_mistakes *mistakes, const struct plan *plan)
{
    struct text path = text_of(plan->composite->owner), rest = path;
    struct text name = text_cut(&rest, '.');

    if (path.at == NULL || (rest.at == NULL && plan_param(plan, name) >= 0))
        return;
    int part = plan_part(plan, name);
    if (part < 0 || rest.len == 0) {
        plan_mistake(mistakes,
                     ".owner names \"%.*s\", which is neither a parameter nor a path into a part",
                     TEXT_ARGS(path));
        return;
    }
    if (plan->parts[part].row->when != NULL)
        plan_part_mistake(mistakes, (size_t)part,
                          ".when is not possible: .owner reads the part, so it is always asked");
    if (!is_waited_for(plan, part) && plan->parts[part].row->need != BFF_REQUIRED)
        plan_mistake(mistakes,
                     ".owner names \"%.*s\", but part \"%.*s\" is neither required nor waited for",
                     TEXT_ARGS(path), TEXT_ARGS(name));
}

/* Ask functions. */

static void check_undo(struct plan_mistakes *mistakes, const struct plan *plan, size_t i,
                       struct pool *pool)
{
    struct ask_rehearsed done;
    const char *wrong =
        plan->parts[i].row->undo == NULL ? NULL : ask_rehearse_undo(plan, (int)i, pool, &done);

    if (wrong != NULL)
        plan_part_mistake(mistakes, i, ".undo: %s", wrong);
}

static void check_asks(struct plan_mistakes *mistakes, struct plan *plan, struct pool *pool)
{
    for (size_t i = 0; i < plan->part_count; i++) {
        struct ask_rehearsed done;
        const char *wrong = ask_rehearse(plan, (int)i, pool, &done);
        plan->parts[i].changes = done.changes;
        plan->parts[i].passes_cookie = done.passes_cookie;
        if (wrong != NULL)
            plan_part_mistake(mistakes, i, "%s", wrong);
        check_undo(mistakes, plan, i, pool);
    }
}

void plan_check_whole(struct plan_mistakes *mistakes, struct plan *plan, struct pool *pool)
{
    check_members(mistakes, plan);
    check_hidden(mistakes, plan);
    check_owner(mistakes, plan);
    check_asks(mistakes, plan, pool);
    plan_check_changes(mistakes, plan);
    plan_check_budgets(mistakes, plan);
}
