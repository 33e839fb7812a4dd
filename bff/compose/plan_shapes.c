/* See plan_shapes.h. */
#include "bff/compose/plan_mistakes.h"
#include "bff/compose/plan_shapes.h"

struct maker {
    struct pool *pool;
    const struct plan *plan;
    const struct shape_files *files;
    struct plan_shapes *shapes;
    struct plan_mistakes mistakes;
};

/* The shape of the service's value when there is no .shape. */
static const struct shape *unknown_of(struct maker *maker, const struct plan_part *part)
{
    struct shape *shape;

    if (part->kind != BFF_OBJECT && (part->kind != BFF_LIST || part->row->pick == NULL))
        return &shape_anything;
    shape = shape_new(maker->pool, SHAPE_OBJECT);
    shape->rest = SHAPE_REST_ANY;
    return shape;
}

/* The shape of the value, or of an item of BFF_LIST and .many, before .pick. */
static const struct shape *named_of(struct maker *maker, size_t i)
{
    const struct plan_part *part = &maker->plan->parts[i];
    const char *wrong = NULL;

    if (part->row->shape == NULL)
        return unknown_of(maker, part);
    const struct shape *shape =
        shape_find(maker->files, maker->pool, text_of(part->row->shape), &wrong);
    if (shape == NULL)
        plan_part_mistake(&maker->mistakes, i, ".shape: %s", wrong);
    else if (part->kind == BFF_OBJECT && (shape->kinds & SHAPE_OBJECT) == 0)
        plan_part_mistake(&maker->mistakes, i,
                          ".shape is \"%s\", which is no object, and the value must be one",
                          part->row->shape);
    return shape == NULL ? &shape_anything : shape;
}

static void make_part(struct maker *maker, size_t i)
{
    const struct plan_part *part = &maker->plan->parts[i];
    const struct shape *shape = named_of(maker, i);
    const char *wrong = NULL;

    shape = shape_pick(maker->pool, shape, part->pick, maker->shapes->fields, &wrong);
    if (wrong != NULL) {
        plan_part_mistake(&maker->mistakes, i, ".pick: %s", wrong);
        shape = &shape_anything;
    }
    if (part->kind == BFF_LIST)
        shape = shape_list_of(maker->pool, shape);
    if (part->row->many > 0)
        shape = shape_list_of(maker->pool,
                              shape_either(maker->pool, shape, shape_new(maker->pool, SHAPE_NULL)));
    maker->shapes->parts[i] = shape;
}

static void make_field(struct maker *maker, size_t i)
{
    const char *wrong = NULL, *words = maker->plan->fields[i].row->shape;
    const struct shape *shape = &shape_anything;

    if (words != NULL)
        shape = shape_find(maker->files, maker->pool, text_of(words), &wrong);
    if (wrong != NULL)
        plan_field_mistake(&maker->mistakes, i, ".shape: %s", wrong);
    maker->shapes->fields[i] = shape == NULL ? &shape_anything : shape;
}

/* A union with a shape that allows anything allows anything. */
static const struct shape *either(struct pool *pool, const struct shape *a, const struct shape *b)
{
    bool is_anything = a->kinds == SHAPE_ANYTHING || b->kinds == SHAPE_ANYTHING;

    if (a == b)
        return a;
    return is_anything ? &shape_anything : shape_either(pool, a, b);
}

/* The items of the parts that a row with .concat names, one after the other. */
static void make_concat(struct maker *maker, size_t i)
{
    const struct plan_field *field = &maker->plan->fields[i];
    const struct shape *item = NULL;

    for (size_t at = 0; at < field->of_count; at++) {
        const struct shape *list = maker->shapes->parts[field->of[at]];
        const struct shape *one = list->item == NULL ? &shape_anything : list->item;
        item = item == NULL ? one : either(maker->pool, item, one);
    }
    maker->shapes->fields[i] = shape_list_of(maker->pool, item == NULL ? &shape_anything : item);
}

const struct plan_shapes *plan_shapes_make(struct pool *pool, const struct plan *plan,
                                           const struct shape_files *files, char *error,
                                           size_t error_size)
{
    struct maker maker = {
        .pool = pool,
        .plan = plan,
        .files = files,
        .shapes = pool_zero(pool, sizeof(*maker.shapes)),
        .mistakes = {.composite = plan->composite, .error = error, .size = error_size},
    };

    maker.shapes->parts = pool_zero(pool, (plan->part_count + 1) * sizeof(const struct shape *));
    maker.shapes->fields = pool_zero(pool, (plan->field_count + 1) * sizeof(const struct shape *));
    for (size_t i = 0; i < plan->field_count; i++)
        make_field(&maker, i);
    for (size_t i = 0; i < plan->part_count; i++)
        make_part(&maker, i);
    for (size_t i = 0; i < plan->field_count; i++)
        if (plan->fields[i].row->concat != NULL && plan->fields[i].row->shape == NULL)
            make_concat(&maker, i);
    return maker.mistakes.count == 0 ? maker.shapes : NULL;
}
