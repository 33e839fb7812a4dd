/* See plan_fields.h. */
#include <string.h>

#include "bff/compose/plan_check.h"
#include "bff/compose/plan_fields.h"

#define VALUE_BYTES 16 /* of a printed value, about */

/* The parts that a field reads. */

static void make_of(struct plan *plan, struct plan_field *field, struct pool *pool)
{
    struct text rest = text_of(field->row->concat != NULL ? field->row->concat : field->row->of);

    field->of = pool_zero(pool, BFF_PARTS_MAX * sizeof(*field->of));
    while (rest.at != NULL) {
        struct text name = text_cut(&rest, ' ');
        if (name.len > 0)
            field->of[field->of_count++] = plan_part(plan, name);
    }
}

static bool reads(const struct plan_field *field, int part)
{
    for (size_t i = 0; i < field->of_count; i++)
        if (field->of[i] == part)
            return true;
    return false;
}

/* The object that gets the member is found while the answer is made, so the part as a whole is not
 * read. */
static void mark_read(struct plan *plan, const struct plan_field *field)
{
    for (size_t i = 0; i < field->of_count; i++) {
        struct plan_part *part = &plan->parts[field->of[i]];
        part->keep_slices = true;
        part->is_read |= field->of[i] != field->into;
    }
}

/* Places in a part. */

/* ".into" in its pieces: "orders[].items[].label" is the part "orders", with [], and the rest. */
struct into {
    struct text part, rest, last;
    bool is_list;
};

static struct into into_read(const char *text)
{
    struct into into = {.rest = text_of(text)};

    into.part = text_cut(&into.rest, '.');
    into.is_list = into.part.len > 2 && memcmp(into.part.at + into.part.len - 2, "[]", 2) == 0;
    if (into.is_list)
        into.part.len -= 2;
    for (struct text rest = into.rest; rest.at != NULL;)
        into.last = text_cut(&rest, '.');
    return into;
}

static bool is_list(const struct plan_part *part)
{
    return part->row->many > 0 || part->kind == BFF_LIST;
}

/* What is wrong with the part that is named, as a format with one text for the part; NULL: nothing.
 */
static const char *wrong_with(const struct plan *plan, const struct plan_field *field, int place,
                              const struct into *into)
{
    const struct plan_part *part = &plan->parts[place];

    if (!reads(field, place))
        return ".into names \"%.*s\", and .of does not: add it there, because the function gets "
               "the "
               "object that the member is put into";
    if (part->row->place == BFF_HIDDEN)
        return ".into names \"%.*s\", which is hidden, so it has no place in the response";
    if (part->row->place == BFF_SPREAD && memchr(into->rest.at, '.', into->rest.len) == NULL)
        return ".into names \"%.*s\", whose members are members of the response: write .name "
               "instead of .into";
    if (is_list(part) && !into->is_list)
        return ".into: \"%.*s\" is a list: write [] after its name";
    if (!is_list(part) && into->is_list)
        return ".into: \"%.*s\" is no list: remove the [] after its name, or write .kind = "
               "BFF_LIST "
               "in its row";
    if (!is_list(part) && part->kind != BFF_OBJECT)
        return ".into: \"%.*s\" must be an object: write .kind = BFF_OBJECT in its row";
    return NULL;
}

/* Returns the place of the part, or PLAN_NO_PART after a mistake. */
static int find_part(const struct plan *plan, size_t i, const struct into *into,
                     struct plan_mistakes *mistakes)
{
    const struct plan_field *field = &plan->fields[i];
    int place = plan_part(plan, into->part);
    const char *wrong;

    if (into->last.len == 0) {
        plan_field_mistake(
            mistakes, i,
            ".into must end with a dot and the name of the member: \"orders[].label\"");
        return PLAN_NO_PART;
    }
    if (place == PLAN_NO_PART) {
        plan_field_mistake(mistakes, i, ".into names \"%.*s\", which is no part",
                           TEXT_ARGS(into->part));
        return PLAN_NO_PART;
    }
    wrong = wrong_with(plan, field, place, into);
    if (wrong != NULL)
        plan_field_mistake(mistakes, i, wrong, TEXT_ARGS(into->part));
    if (field->row->name != NULL && !text_is(into->last, field->row->name))
        plan_field_mistake(mistakes, i, ".into ends with \"%.*s\": remove .name, or write it there",
                           TEXT_ARGS(into->last));
    return wrong == NULL ? place : PLAN_NO_PART;
}

static void make_into(struct plan *plan, size_t i, struct pool *pool,
                      struct plan_mistakes *mistakes)
{
    struct plan_field *field = &plan->fields[i];
    struct into into = into_read(field->row->into);

    field->into = find_part(plan, i, &into, mistakes);
    if (field->into == PLAN_NO_PART)
        return;
    struct plan_part *part = &plan->parts[field->into];
    if (part->pick == NULL)
        part->pick = pick_whole(pool);
    part->pick->is_list = part->kind == BFF_LIST;
    part->is_filled = true;
    const char *wrong = pick_add(pool, part->pick, into.rest, i);
    if (wrong != NULL)
        plan_field_mistake(mistakes, i, ".into: %s", wrong);
}

static void check_concat(struct plan *plan, size_t i, struct plan_mistakes *mistakes)
{
    const struct plan_field *field = &plan->fields[i];

    for (size_t at = 0; at < field->of_count; at++) {
        const struct plan_part *part = &plan->parts[field->of[at]];
        if (part->row->place == BFF_SPREAD || !is_list(part))
            plan_field_mistake(mistakes, i,
                               ".concat names \"%.*s\", which is no list: write .kind = BFF_LIST "
                               "in its row",
                               TEXT_ARGS(part->name));
    }
}

void plan_fields_make(struct plan *plan, struct pool *pool, struct plan_mistakes *mistakes)
{
    plan->field_count = plan_field_count(plan->composite);
    plan->fields = pool_zero(pool, (plan->field_count + 1) * sizeof(*plan->fields));
    for (size_t i = 0; i < plan->field_count; i++) {
        struct plan_field *field = &plan->fields[i];
        field->row = &plan->composite->fields.rows[i];
        field->into = PLAN_NO_PART;
        make_of(plan, field, pool);
        if (field->row->into != NULL)
            make_into(plan, i, pool, mistakes);
        else
            field->key = pool_print(pool, ",\"%s\":", field->row->name);
        if (field->row->concat != NULL)
            check_concat(plan, i, mistakes);
        mark_read(plan, field);
        plan->bytes += field->key.len + VALUE_BYTES;
    }
}
