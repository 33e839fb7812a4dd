/* See plan_check.h. */
#include <stdio.h>
#include <string.h>

#include "bff/compose/plan_check.h"

bool plan_is_made_of(struct text text, const char *bytes)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '\0' || strchr(bytes, text.at[i]) == NULL)
            return false;
    return text.len > 0;
}

/* Rows. */

static bool is_last_row(const struct bff_part *row)
{
    static const struct bff_part none;

    return memcmp(row, &none, sizeof(none)) == 0;
}

size_t plan_row_count(const struct bff_composite *composite)
{
    size_t count = 0;

    while (composite->parts != NULL && count <= BFF_PARTS_MAX &&
           !is_last_row(&composite->parts[count]))
        count++;
    return count;
}

static const struct bff_part *find_row(const struct bff_part *rows, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].name != NULL && strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

static void check_name(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_part *rows = mistakes->composite->parts;

    if (rows[i].name == NULL)
        plan_part_mistake(mistakes, i, ".name is missing");
    else if (!plan_is_made_of(text_of(rows[i].name), PLAN_NAME_BYTES))
        plan_part_mistake(mistakes, i, ".name must be letters, digits, '_' or '-'");
    else if (find_row(rows, i, rows[i].name) != NULL)
        plan_part_mistake(mistakes, i, "a part above has the same .name");
}

static void check_after(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_part *rows = mistakes->composite->parts;
    const char *after = rows[i].after;

    if (after != NULL && find_row(rows, i, after) == NULL)
        plan_part_mistake(mistakes, i, ".after names \"%s\", which is no part above it", after);
}

static void check_numbers(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_part *row = &mistakes->composite->parts[i];
    unsigned budget_ms = mistakes->composite->budget_ms;

    if (budget_ms == 0)
        budget_ms = PLAN_BUDGET_MS;
    if (row->timeout_ms > budget_ms)
        plan_part_mistake(mistakes, i, ".timeout_ms is %u, which is over the budget of %u ms",
                          row->timeout_ms, budget_ms);
    if (row->many > BFF_MANY_MAX)
        plan_part_mistake(mistakes, i, ".many is %u, which is over %d", row->many, BFF_MANY_MAX);
    if (row->at_once > 0 && row->many == 0)
        plan_part_mistake(mistakes, i, ".at_once is of use with .many only");
}

static void check_place(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_part *row = &mistakes->composite->parts[i];

    if (row->place == BFF_SPREAD && row->pick == NULL)
        plan_part_mistake(mistakes, i, "BFF_SPREAD needs .pick, so that its members are known");
    if (row->place == BFF_SPREAD && (row->many > 0 || row->kind == BFF_LIST))
        plan_part_mistake(mistakes, i, "BFF_SPREAD needs an object, and this is a list");
    if (row->need == BFF_REQUIRED && row->fallback != NULL)
        plan_part_mistake(mistakes, i, ".fallback is of no use: the part is required");
}

static void check_enums(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_part *row = &mistakes->composite->parts[i];

    if (row->need > BFF_REQUIRED)
        plan_part_mistake(mistakes, i, ".need is none of enum bff_need");
    if (row->place > BFF_HIDDEN)
        plan_part_mistake(mistakes, i, ".place is none of enum bff_place");
    if (row->kind > BFF_LIST)
        plan_part_mistake(mistakes, i, ".kind is none of enum bff_kind");
}

static void check_part(struct plan_mistakes *mistakes, size_t i)
{
    check_name(mistakes, i);
    if (mistakes->composite->parts[i].ask == NULL)
        plan_part_mistake(mistakes, i, ".ask is missing");
    check_after(mistakes, i);
    check_enums(mistakes, i);
    check_numbers(mistakes, i);
    check_place(mistakes, i);
}

static void check_parts(struct plan_mistakes *mistakes)
{
    const struct bff_composite *composite = mistakes->composite;
    size_t count = plan_row_count(composite);
    bool is_any_required = false;

    if (count == 0)
        plan_mistake(mistakes, NULL, ".parts is missing: a composite has at least one");
    if (count > BFF_PARTS_MAX) {
        plan_mistake(mistakes, NULL, ".parts has more than %d rows, or does not end with {0}",
                     BFF_PARTS_MAX);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        check_part(mistakes, i);
        is_any_required |= composite->parts[i].need == BFF_REQUIRED;
    }
    if (is_any_required && composite->failure == NULL)
        plan_mistake(mistakes, NULL, ".failure is missing: a part is required");
}

/* Fields. */

static bool is_last_field(const struct bff_field *row)
{
    return row->name == NULL && row->of == NULL && row->print == NULL;
}

size_t plan_field_count(const struct bff_composite *composite)
{
    size_t count = 0;

    while (composite->fields != NULL && !is_last_field(&composite->fields[count]))
        count++;
    return count;
}

static void check_field(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_composite *composite = mistakes->composite;
    const struct bff_field *row = &composite->fields[i];
    char where[64];

    if (row->name == NULL)
        snprintf(where, sizeof(where), "field %zu", i + 1);
    else
        snprintf(where, sizeof(where), "field \"%s\"", row->name);
    if (row->name == NULL)
        plan_mistake(mistakes, where, ".name is missing");
    else if (!plan_is_made_of(text_of(row->name), PLAN_NAME_BYTES))
        plan_mistake(mistakes, where, ".name must be letters, digits, '_' or '-'");
    if (row->print == NULL)
        plan_mistake(mistakes, where, ".print is missing");
    if (row->of == NULL)
        plan_mistake(mistakes, where, ".of is missing: the part it reads");
    else if (find_row(composite->parts, plan_row_count(composite), row->of) == NULL)
        plan_mistake(mistakes, where, ".of names \"%s\", which is no part", row->of);
}

void plan_check_table(struct plan_mistakes *mistakes)
{
    plan_check_route(mistakes);
    plan_check_access(mistakes);
    check_parts(mistakes);
    for (size_t i = 0; i < plan_field_count(mistakes->composite); i++)
        check_field(mistakes, i);
}
