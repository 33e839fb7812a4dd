/* See types.h. */
#include <string.h>

#include "bff/compose/types.h"
#include "bff/compose/types_answer.h"
#include "bff/compose/types_body.h"
#include "bff/compose/types_name.h"

/* Names. */

static bool has_name(const struct types *types, struct text name)
{
    for (size_t i = 0; i < types->named_count; i++)
        if (text_equal(types->named[i].name, name))
            return true;
    return false;
}

struct text types_name(const struct types *types, const struct shape *shape)
{
    for (size_t i = 0; i < types->named_count; i++)
        if (types->named[i].shape == shape)
            return types->named[i].name;
    return (struct text){0};
}

/* Gives ${shape} a name. A name that another shape has gets the word ${instead} in front. */
static struct types_named *add(struct types *types, const struct shape *shape, struct text name,
                               struct text instead)
{
    if (types->named_count == types->named_capacity) {
        size_t capacity = types->named_capacity * 2 + 32;
        struct types_named *more = pool_zero(types->pool, capacity * sizeof(*more));
        if (types->named_count > 0)
            memcpy(more, types->named, types->named_count * sizeof(*more));
        types->named = more;
        types->named_capacity = capacity;
    }
    while (has_name(types, name))
        name = pool_print(types->pool, "%.*s%.*s", TEXT_ARGS(instead), TEXT_ARGS(name));
    struct types_named *row = &types->named[types->named_count++];
    *row = (struct types_named){.name = name, .shape = shape};
    return row;
}

/* Shapes of schema files. */

static void add_below(struct types *types, const struct shape *shape);

/* True for a shape of $defs. */
static bool is_of_file(const struct shape *shape)
{
    return shape->name.at != NULL && shape->place.at != NULL;
}

/* "users.schema.json#/$defs/user" has the word "Users" for its file. */
static struct text file_word(struct types *types, struct text place)
{
    return types_name_of(types->pool, text_cut(&place, '.'));
}

/* Adds the shapes of $defs that are in ${shape}. A shape that has a name is not entered again, so
 * circles end. */
static void add_defs(struct types *types, const struct shape *shape)
{
    if (shape == NULL || types_name(types, shape).at != NULL)
        return;
    if (is_of_file(shape))
        add(types, shape, types_name_of(types->pool, shape->name), file_word(types, shape->place));
    add_below(types, shape);
}

static void add_below(struct types *types, const struct shape *shape)
{
    for (size_t i = 0; i < shape->member_count; i++)
        add_defs(types, shape->members[i].shape);
    for (size_t i = 0; i < shape->any_count; i++)
        add_defs(types, shape->any[i]);
    add_defs(types, shape->item);
    add_defs(types, shape->others);
}

/* Composites. */

static struct text joined(struct types *types, const struct types_page *page, const char *word)
{
    return pool_print(types->pool, "%.*s%s", TEXT_ARGS(page->name), word);
}

/* Returns the shape of the items of a list. For a union of a shape and null, returns that shape.
 * NULL: ${shape} is none of these, or it has a name. So a list that has itself as item is not
 * entered.
 */
static const struct shape *inside(const struct shape *shape)
{
    if (is_of_file(shape))
        return NULL;
    if (shape->item != NULL)
        return shape->item;
    return shape->any_count == 2 && shape->any[1]->kinds == SHAPE_NULL ? shape->any[0] : NULL;
}

/* An object that .pick has made of a part's value, or of each item, has the name of its part. */
static void add_part(struct types *types, const struct types_page *page, size_t i)
{
    const struct shape *shape = page->shapes->parts[i];
    struct text word = types_name_of(types->pool, page->plan->parts[i].name);
    const char *end = "";

    while (inside(shape) != NULL) {
        end = shape->item != NULL ? "Item" : end;
        shape = inside(shape);
    }
    if (shape->member_count == 0 || is_of_file(shape) || types_name(types, shape).at != NULL)
        return;
    add(types, shape,
        pool_print(types->pool, "%.*s%.*s%s", TEXT_ARGS(page->name), TEXT_ARGS(word), end),
        TEXT("Part"));
}

static void add_page(struct types *types, struct types_page *page)
{
    struct types_answer answer = {
        .pool = types->pool, .plan = page->plan, .shapes = page->shapes, .errors = page->errors};

    page->answer = types_answer_shape(&answer);
    page->failure = types_answer_failure(&answer);
    add(types, page->answer, page->name, TEXT("Page"));
    for (size_t i = 0; i < page->plan->part_count; i++)
        if (page->plan->parts[i].row->place == BFF_MEMBER)
            add_part(types, page, i);
    add(types, page->errors, joined(types, page, "Errors"), TEXT("Page"))->errors_of = page;
    if (page->failure != NULL)
        add(types, page->failure, joined(types, page, "Failure"), TEXT("Page"));
    if (page->plan->input.count == 0)
        return;
    page->body = types_body_shape(types->pool, &page->plan->input.root);
    add(types, page->body, joined(types, page, "Body"), TEXT("Page"));
}

const struct types *types_make(struct pool *pool, const struct pages *pages)
{
    struct types *types = pool_zero(pool, sizeof(*types));

    types->pool = pool;
    types->page_count = pages->count;
    types->pages = pool_zero(pool, (pages->count + 1) * sizeof(*types->pages));
    for (size_t i = 0; i < pages->count; i++) {
        struct types_page *page = &types->pages[i];
        page->plan = pages->plans[i];
        page->shapes = pages->shapes[i];
        page->name = types_name_of_page(pool, pages, page->plan);
        page->errors = shape_new(pool, SHAPE_OBJECT);
        add_page(types, page);
    }
    for (size_t i = 0; i < types->page_count; i++)
        add_below(types, types->pages[i].answer);
    return types;
}

const struct shape *types_member(const struct types *types, const struct types_page *page, size_t i)
{
    struct types_answer answer = {.pool = types->pool, .plan = page->plan, .shapes = page->shapes};

    return types_answer_member(&answer, i);
}
