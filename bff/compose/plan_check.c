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

/* Rows. An empty row at the end of a table ends it, as it did when tables had no count. */

static bool has_texts(const struct bff_part *row)
{
    return row->name != NULL || row->after != NULL || row->fallback != NULL || row->pick != NULL ||
           row->shape != NULL || row->headers != NULL;
}

static bool has_numbers(const struct bff_part *row)
{
    return row->many > 0 || row->at_once > 0 || row->timeout_ms > 0 || row->hedge_ms > 0 ||
           row->has_breaker || row->cache_s > 0 || row->stale_s > 0 || row->shared;
}

static bool has_kinds(const struct bff_part *row)
{
    return row->need != BFF_OPTIONAL || row->place != BFF_MEMBER || row->kind != BFF_KIND_MISSING;
}

static bool is_empty_part(const struct bff_part *row)
{
    bool has_functions = row->ask != NULL || row->when != NULL || row->undo != NULL;

    return !has_texts(row) && !has_functions && !has_numbers(row) && !has_kinds(row);
}

size_t plan_row_count(const struct bff_composite *composite)
{
    const struct bff_parts *parts = &composite->parts;
    size_t count = parts->rows == NULL ? 0 : parts->count;

    while (count > 0 && is_empty_part(&parts->rows[count - 1]))
        count--;
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
    const struct bff_part *rows = mistakes->composite->parts.rows;

    if (rows[i].name == NULL)
        plan_part_mistake(mistakes, i, ".name is missing");
    else if (!plan_is_made_of(text_of(rows[i].name), PLAN_NAME_BYTES))
        plan_part_mistake(mistakes, i, ".name must be letters, digits, '_' or '-'");
    else if (find_row(rows, i, rows[i].name) != NULL)
        plan_part_mistake(mistakes, i, "a part above has the same .name");
}

static void check_after(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_part *rows = mistakes->composite->parts.rows;
    const char *after = rows[i].after;

    if (after != NULL && find_row(rows, i, after) == NULL)
        plan_part_mistake(mistakes, i, ".after names \"%s\", which is no part above it", after);
}

static void check_numbers(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_part *row = &mistakes->composite->parts.rows[i];
    unsigned budget_ms = mistakes->composite->budget_ms;

    if (budget_ms == 0)
        budget_ms = PLAN_BUDGET_MS;
    if (row->timeout_ms > budget_ms)
        plan_part_mistake(mistakes, i, ".timeout_ms is %u, which is over the budget of %u ms",
                          row->timeout_ms, budget_ms);
    if (row->hedge_ms != BFF_HEDGE_P95 && row->hedge_ms > 0 &&
        row->hedge_ms >= (row->timeout_ms > 0 ? row->timeout_ms : budget_ms))
        plan_part_mistake(mistakes, i,
                          ".hedge_ms is %u, but the part has only %u ms: write less, or "
                          "BFF_HEDGE_P95",
                          row->hedge_ms, row->timeout_ms > 0 ? row->timeout_ms : budget_ms);
    if (row->many > BFF_MANY_MAX)
        plan_part_mistake(mistakes, i, ".many is %u, which is over %d", row->many, BFF_MANY_MAX);
    if (row->at_once > 0 && row->many == 0)
        plan_part_mistake(mistakes, i, ".at_once is of use with .many only");
}

static void check_cache(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_part *row = &mistakes->composite->parts.rows[i];

    if (row->cache_s > PLAN_CACHE_S_MAX)
        plan_part_mistake(mistakes, i, ".cache_s is %u, which is over %d", row->cache_s,
                          PLAN_CACHE_S_MAX);
    if (row->stale_s > PLAN_CACHE_S_MAX)
        plan_part_mistake(mistakes, i, ".stale_s is %u, which is over %d", row->stale_s,
                          PLAN_CACHE_S_MAX);
    if (row->stale_s > 0 && row->cache_s == 0)
        plan_part_mistake(mistakes, i, ".stale_s is of use with .cache_s only");
    if (row->shared && row->cache_s == 0)
        plan_part_mistake(mistakes, i, ".shared is of use with .cache_s only");
}

static void check_headers(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_part *row = &mistakes->composite->parts.rows[i];

    if (row->headers != NULL && row->many > 0)
        plan_part_mistake(mistakes, i, ".headers is not possible with .many, which has many calls");
    if (row->headers != NULL && row->cache_s > 0)
        plan_part_mistake(mistakes, i,
                          ".headers is not possible with .cache_s: only the body is stored");
}

static void check_place(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_part *row = &mistakes->composite->parts.rows[i];

    if (row->place == BFF_SPREAD && row->pick == NULL)
        plan_part_mistake(mistakes, i, "BFF_SPREAD needs .pick, so that its members are known");
    if (row->place == BFF_SPREAD && (row->many > 0 || row->kind == BFF_LIST))
        plan_part_mistake(mistakes, i, "BFF_SPREAD needs an object, and this is a list");
    if (row->place == BFF_HIDDEN && row->pick != NULL)
        plan_part_mistake(
            mistakes, i,
            ".pick is of no use: the part is hidden, and its readers get all members. "
            "Remove .pick, and write .kind = BFF_OBJECT or BFF_LIST");
    if (row->need == BFF_REQUIRED && row->fallback != NULL && row->when == NULL)
        plan_part_mistake(mistakes, i, ".fallback is of no use: the part is required");
}

static void check_kind(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_part *row = &mistakes->composite->parts.rows[i];

    if (row->many > 0 && row->kind == BFF_LIST)
        plan_part_mistake(mistakes, i,
                          ".many makes the part a list, and .kind is the kind of each item: write "
                          ".kind = BFF_OBJECT, or BFF_ANY if each item may be a list itself");
    if (row->pick != NULL && row->kind == BFF_ANY)
        plan_part_mistake(mistakes, i,
                          ".pick picks from objects, so .kind cannot be BFF_ANY: write BFF_OBJECT, "
                          "or BFF_LIST for a list of objects");
}

static void check_enums(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_part *row = &mistakes->composite->parts.rows[i];

    if (row->need > BFF_REQUIRED)
        plan_part_mistake(mistakes, i, ".need is none of enum bff_need");
    if (row->place > BFF_HIDDEN)
        plan_part_mistake(mistakes, i, ".place is none of enum bff_place");
    if (row->kind > BFF_LIST)
        plan_part_mistake(mistakes, i, ".kind is none of enum bff_kind");
}

static void check_part(struct plan_mistakes *mistakes, size_t i)
{
    const struct bff_part *row = &mistakes->composite->parts.rows[i];

    if (is_empty_part(row)) {
        plan_part_mistake(mistakes, i, "the row is empty: remove it");
        return;
    }
    check_name(mistakes, i);
    if (row->ask == NULL)
        plan_part_mistake(mistakes, i, ".ask is missing: the function that describes its call");
    check_after(mistakes, i);
    check_enums(mistakes, i);
    check_numbers(mistakes, i);
    check_cache(mistakes, i);
    check_headers(mistakes, i);
    check_place(mistakes, i);
    check_kind(mistakes, i);
}

static void check_parts(struct plan_mistakes *mistakes)
{
    const struct bff_composite *composite = mistakes->composite;
    size_t count = plan_row_count(composite);
    bool is_any_required = false;

    if (count == 0)
        plan_mistake(mistakes,
                     ".parts is missing: write .parts = BFF_TABLE(parts), with at least one row");
    if (count > BFF_PARTS_MAX)
        plan_mistake(mistakes, ".parts has %zu rows, which is over %d", count, BFF_PARTS_MAX);
    for (size_t i = 0; i < count; i++) {
        check_part(mistakes, i);
        is_any_required |= composite->parts.rows[i].need == BFF_REQUIRED;
    }
    if (is_any_required && composite->failure == NULL)
        plan_mistake(mistakes, ".failure is missing: a part is required");
}

void plan_check_table(struct plan_mistakes *mistakes)
{
    plan_check_route(mistakes);
    plan_check_access(mistakes);
    check_parts(mistakes);
    plan_check_fields(mistakes);
    plan_check_body(mistakes);
    plan_check_query(mistakes);
}
