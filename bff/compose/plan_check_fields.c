/* Checks of the rows of computed members. See plan_check.h. */
#include <string.h>

#include "bff/compose/plan_check.h"

static bool is_empty(const struct bff_field *row)
{
    static const struct bff_field none;

    return memcmp(row, &none, sizeof(none)) == 0;
}

size_t plan_field_count(const struct bff_composite *composite)
{
    const struct bff_fields *fields = &composite->fields;
    size_t count = fields->rows == NULL ? 0 : fields->count;

    while (count > 0 && is_empty(&fields->rows[count - 1]))
        count--;
    return count;
}

static void check_name(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_field *row = &mistakes->composite->fields.rows[i];

    if (row->name == NULL && row->into == NULL)
        plan_field_mistake(mistakes, i, ".name is missing");
    if (row->name != NULL && !plan_is_made_of(text_of(row->name), PLAN_NAME_BYTES))
        plan_field_mistake(mistakes, i, ".name must be letters, digits, '_' or '-'");
}

/* The parts in .of. */

static bool is_part(const struct bff_composite *composite, struct text name)
{
    for (size_t i = 0; i < plan_row_count(composite); i++)
        if (name.len > 0 && text_equal(text_of(composite->parts.rows[i].name), name))
            return true;
    return false;
}

/* True when ${list} has the name before ${name}, which is a slice of it. */
static bool is_before(const char *list, struct text name)
{
    struct text rest = text_of(list);

    for (struct text at = text_cut(&rest, ' '); at.at != name.at; at = text_cut(&rest, ' '))
        if (text_equal(at, name))
            return true;
    return false;
}

/* Returns the column that names the parts. */
static const char *column_of(const struct bff_field *row)
{
    return row->concat != NULL ? ".concat" : ".of";
}

static const char *names_in(const struct bff_field *row)
{
    return row->concat != NULL ? row->concat : row->of;
}

static void check_part(struct plan_mistakes *mistakes, size_t i, struct text name)
{
    const struct bff_field *row = &mistakes->composite->fields.rows[i];

    if (memchr(name.at, ',', name.len) != NULL)
        plan_field_mistake(mistakes, i,
                           "%s names \"%.*s\": names are separated by spaces, not commas",
                           column_of(row), TEXT_ARGS(name));
    else if (!is_part(mistakes->composite, name))
        plan_field_mistake(mistakes, i, "%s names \"%.*s\", which is no part", column_of(row),
                           TEXT_ARGS(name));
    else if (is_before(names_in(row), name))
        plan_field_mistake(mistakes, i, "%s names \"%.*s\" twice", column_of(row), TEXT_ARGS(name));
}

/* Returns the number of parts. */
static size_t check_parts(struct plan_mistakes *mistakes, size_t i)
{
    struct text rest = text_of(names_in(&mistakes->composite->fields.rows[i]));
    size_t count = 0;

    while (rest.at != NULL) {
        struct text name = text_cut(&rest, ' ');
        if (name.len == 0)
            continue;
        check_part(mistakes, i, name);
        count++;
    }
    if (count == 0 && mistakes->composite->fields.rows[i].concat == NULL)
        plan_field_mistake(mistakes, i, ".of is missing: the part it reads");
    return count;
}

static void check_concat(struct plan_mistakes *mistakes, size_t i, size_t part_count)
{
    const struct bff_field *row = &mistakes->composite->fields.rows[i];

    if (row->of != NULL || row->print != NULL || row->print_all != NULL)
        plan_field_mistake(mistakes, i,
                           ".concat takes the place of .of and .print: remove them or it");
    if (row->into != NULL)
        plan_field_mistake(mistakes, i,
                           ".concat makes a member of the answer: write .name instead "
                           "of .into");
    if (part_count < 2)
        plan_field_mistake(mistakes, i, ".concat needs the names of two lists or more");
}

static void check_print(struct plan_mistakes *mistakes, size_t i, size_t part_count)
{
    const struct bff_field *row = &mistakes->composite->fields.rows[i];

    if (row->concat != NULL) {
        check_concat(mistakes, i, part_count);
        return;
    }
    if (row->print == NULL && row->print_all == NULL)
        plan_field_mistake(mistakes, i, ".print is missing: the function that prints the value");
    if (row->print != NULL && row->print_all != NULL)
        plan_field_mistake(mistakes, i, ".print and .print_all: only one of them is called");
    if (row->print != NULL && row->print_all == NULL && part_count > 1)
        plan_field_mistake(mistakes, i,
                           ".of names %zu parts, and .print gets only one value: write .print_all",
                           part_count);
}

void plan_check_fields(struct plan_mistakes *mistakes)
{
    const struct bff_composite *composite = mistakes->composite;

    if (composite->fields.rows != NULL && composite->fields.count == 0)
        plan_mistake(mistakes, ".fields has no count: write .fields = BFF_TABLE(fields)");
    for (size_t i = 0; i < plan_field_count(composite); i++) {
        if (is_empty(&composite->fields.rows[i])) {
            plan_field_mistake(mistakes, i, "the row is empty: remove it");
            continue;
        }
        check_name(mistakes, i);
        check_print(mistakes, i, check_parts(mistakes, i));
    }
}
