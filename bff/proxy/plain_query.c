/* See plain_query.h. */
#include <stdbool.h>

#include "bff/base/percent.h"
#include "bff/base/text_builder.h"
#include "bff/proxy/plain_pattern.h"
#include "bff/proxy/plain_query.h"

struct change {
    struct pool *pool;
    const struct plain_query *rows;
    struct text pattern, path;
    bool *is_set; /* of each row of rows->set */
    bool has_any;
    struct text_builder out;
};

/* Returns ${name} decoded. A name that is not encoded properly stays as it is. */
static struct text decoded(struct pool *pool, struct text name)
{
    struct text out;

    return percent_decode_form(pool, name, &out) == 0 ? out : name;
}

static const struct plain_field *row_of(const struct plain_fields *fields, struct text name)
{
    for (size_t i = 0; i < fields->count; i++)
        if (text_equal(fields->rows[i].name, name))
            return &fields->rows[i];
    return NULL;
}

static void put_separator(struct change *change)
{
    if (change->has_any)
        text_builder_add(&change->out, TEXT("&"));
    change->has_any = true;
}

/* Writes a value. "{id}" is a capture; braces around anything else are themselves. */
static void put_value(struct change *change, struct text value)
{
    while (value.at != NULL) {
        struct text before = text_cut(&value, '{'), rest = value;
        text_builder_encoded(&change->out, before);
        if (value.at == NULL)
            return;
        struct text name = text_cut(&rest, '}'), capture = {0};
        if (rest.at != NULL)
            capture = plain_pattern_capture(change->pool, change->pattern, change->path, name);
        text_builder_encoded(&change->out, capture.at == NULL ? TEXT("{") : capture);
        if (capture.at != NULL)
            value = rest;
    }
}

static void put_set(struct change *change, const struct plain_field *row)
{
    bool *is_set = &change->is_set[row - change->rows->set.rows];

    if (*is_set)
        return;
    *is_set = true;
    put_separator(change);
    text_builder_encoded(&change->out, row->name);
    text_builder_add(&change->out, TEXT("="));
    put_value(change, row->value);
}

static void put_parameter(struct change *change, struct text parameter)
{
    struct text value = parameter;
    struct text name = decoded(change->pool, text_cut(&value, '='));
    const struct plain_field *set = row_of(&change->rows->set, name);
    const struct plain_field *renamed = row_of(&change->rows->rename, name);

    if (set != NULL)
        put_set(change, set);
    if (set != NULL || row_of(&change->rows->remove, name) != NULL)
        return;
    put_separator(change);
    if (renamed == NULL) {
        text_builder_add(&change->out, parameter);
        return;
    }
    text_builder_encoded(&change->out, renamed->value);
    if (value.at != NULL)
        text_builder_add(&change->out, TEXT("="));
    text_builder_add(&change->out, value);
}

struct text plain_query_apply(struct pool *pool, const struct plain_query *changes,
                              struct text pattern, struct text path, struct text query)
{
    if (!plain_query_changes(changes))
        return query;
    struct change change = {.pool = pool, .rows = changes, .pattern = pattern, .path = path};
    change.is_set = pool_zero(pool, changes->set.count + 1);
    text_builder_init(&change.out, pool, query.len + 64);
    while (query.at != NULL)
        put_parameter(&change, text_cut(&query, '&'));
    for (size_t i = 0; i < changes->set.count; i++)
        put_set(&change, &changes->set.rows[i]);
    return change.has_any ? text_builder_text(&change.out) : (struct text){0};
}
