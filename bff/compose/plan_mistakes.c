/* See plan_mistakes.h. */
#include <stdarg.h>
#include <stdio.h>

#include "bff/compose/plan_mistakes.h"

static void tell(struct plan_mistakes *mistakes, const char *format, va_list args)
{
    size_t left = mistakes->size - mistakes->len;
    int len = vsnprintf(mistakes->error + mistakes->len, left, format, args);

    if (len > 0 && left > 0)
        mistakes->len += (size_t)len < left ? (size_t)len : left - 1;
}

static void add(struct plan_mistakes *mistakes, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct plan_mistakes *mistakes, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    tell(mistakes, format, args);
    va_end(args);
}

static void add_where(struct plan_mistakes *mistakes)
{
    const char *route = mistakes->composite->route;

    add(mistakes, "%s%s: ", mistakes->count == 0 ? "" : "\n",
        route == NULL ? "composite without .route" : route);
    mistakes->count++;
}

void plan_mistake(struct plan_mistakes *mistakes, const char *format, ...)
{
    va_list args;

    add_where(mistakes);
    va_start(args, format);
    tell(mistakes, format, args);
    va_end(args);
}

/* Adds "part \"reviews\": ", or "part 2: " for a row without a name. */
static void add_row(struct plan_mistakes *mistakes, const char *noun, const char *name, size_t i)
{
    add_where(mistakes);
    if (name == NULL)
        add(mistakes, "%s %zu: ", noun, i + 1);
    else
        add(mistakes, "%s \"%s\": ", noun, name);
}

void plan_part_mistake(struct plan_mistakes *mistakes, size_t i, const char *format, ...)
{
    va_list args;

    add_row(mistakes, "part", mistakes->composite->parts.rows[i].name, i);
    va_start(args, format);
    tell(mistakes, format, args);
    va_end(args);
}

void plan_field_mistake(struct plan_mistakes *mistakes, size_t i, const char *format, ...)
{
    const struct bff_field *row = &mistakes->composite->fields.rows[i];
    va_list args;

    add_row(mistakes, "field", row->name != NULL ? row->name : row->into, i);
    va_start(args, format);
    tell(mistakes, format, args);
    va_end(args);
}

void plan_query_mistake(struct plan_mistakes *mistakes, size_t i, const char *format, ...)
{
    va_list args;

    add_row(mistakes, "query", mistakes->composite->query.rows[i].name, i);
    va_start(args, format);
    tell(mistakes, format, args);
    va_end(args);
}
