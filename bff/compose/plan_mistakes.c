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

static void add_where(struct plan_mistakes *mistakes, const char *where)
{
    const char *route = mistakes->composite->route;

    add(mistakes, "%s%s: ", mistakes->count == 0 ? "" : "\n",
        route == NULL ? "composite without .route" : route);
    if (where != NULL)
        add(mistakes, "%s: ", where);
    mistakes->count++;
}

void plan_mistake(struct plan_mistakes *mistakes, const char *where, const char *format, ...)
{
    va_list args;

    add_where(mistakes, where);
    va_start(args, format);
    tell(mistakes, format, args);
    va_end(args);
}

void plan_part_mistake(struct plan_mistakes *mistakes, size_t i, const char *format, ...)
{
    const char *name = mistakes->composite->parts[i].name;
    va_list args;

    add_where(mistakes, NULL);
    if (name == NULL)
        add(mistakes, "part %zu: ", i + 1);
    else
        add(mistakes, "part \"%s\": ", name);
    va_start(args, format);
    tell(mistakes, format, args);
    va_end(args);
}
