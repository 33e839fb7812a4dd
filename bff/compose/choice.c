/* See choice.h. */
#include "bff/compose/choice.h"

_Static_assert(BFF_PARTS_MAX <= 32, "a part has a bit");

static uint32_t bit(int part) { return UINT32_C(1) << part; }

static bool is_hidden(const struct plan *plan, int part)
{
    return plan->parts[part].row->place == BFF_HIDDEN;
}

/* Names. */

static int find_field(const struct plan *plan, struct text name)
{
    for (size_t i = 0; i < plan->field_count; i++)
        if (plan->fields[i].into == PLAN_NO_PART && text_is(name, plan->fields[i].row->name))
            return (int)i;
    return -1;
}

/* Clients do not know the names of hidden parts, so such a name is refused. */
static bool take_name(const struct plan *plan, struct text name, struct choice *out)
{
    int part = plan_part(plan, name), field;

    if (part != PLAN_NO_PART && !is_hidden(plan, part)) {
        out->shown |= bit(part);
        return true;
    }
    field = find_field(plan, name);
    if (field >= 0)
        out->fields[field] = true;
    return field >= 0;
}

/* What the names choose. */

static void show_required(const struct plan *plan, struct choice *out)
{
    for (int i = 0; i < (int)plan->part_count; i++) {
        if (plan->parts[i].row->need != BFF_REQUIRED)
            continue;
        out->called |= bit(i);
        out->shown |= is_hidden(plan, i) ? 0 : bit(i);
    }
}

static bool has_its_parts(const struct plan *plan, const struct plan_field *field, uint32_t shown)
{
    size_t visible = 0;

    for (size_t i = 0; i < field->of_count; i++) {
        if (is_hidden(plan, field->of[i]))
            continue;
        if ((shown & bit(field->of[i])) == 0)
            return false;
        visible++;
    }
    return visible > 0;
}

/* A member that is put into a part belongs to the part. */
static void show_field(const struct plan *plan, size_t i, struct choice *out)
{
    const struct plan_field *field = &plan->fields[i];

    if (field->into == PLAN_NO_PART)
        out->fields[i] |= has_its_parts(plan, field, out->shown);
    else
        out->fields[i] = (out->shown & bit(field->into)) != 0;
    for (size_t at = 0; out->fields[i] && at < field->of_count; at++)
        out->called |= bit(field->of[at]);
}

/* One pass from the last part is enough, because a part waits only for a part above it. */
static void call_those_before(const struct plan *plan, struct choice *out)
{
    for (int i = (int)plan->part_count - 1; i >= 0; i--)
        if ((out->called & bit(i)) != 0 && plan->parts[i].after != PLAN_NO_PART)
            out->called |= bit(plan->parts[i].after);
}

const char *choice_read(struct pool *pool, const struct plan *plan, struct text names,
                        struct choice *out)
{
    struct text rest = names;

    *out = (struct choice){.fields = pool_zero(pool, plan->field_count + 1)};
    while (rest.at != NULL) {
        struct text name = text_cut(&rest, ',');
        if (name.len == 0)
            return "a name is empty";
        if (!take_name(plan, name, out))
            return "names something that is no member of the answer";
    }
    show_required(plan, out);
    for (size_t i = 0; i < plan->field_count; i++)
        show_field(plan, i, out);
    out->called |= out->shown;
    if (plan->owner_part != PLAN_NO_PART)
        out->called |= bit(plan->owner_part);
    call_those_before(plan, out);
    return NULL;
}

size_t choice_names(struct pool *pool, const struct plan *plan, struct text **names)
{
    size_t count = 0;
    struct text *all = pool_take(pool, (plan->part_count + plan->field_count + 1) * sizeof(*all));

    for (size_t i = 0; i < plan->part_count; i++)
        if (!is_hidden(plan, (int)i))
            all[count++] = plan->parts[i].name;
    for (size_t i = 0; i < plan->field_count; i++)
        if (plan->fields[i].into == PLAN_NO_PART)
            all[count++] = text_of(plan->fields[i].row->name);
    *names = all;
    return count;
}
