/* See types_body.h. */
#include "bff/compose/types_body.h"

static const unsigned kinds[] = {
    [BFF_BODY_ANY] = SHAPE_ANYTHING,  [BFF_BODY_TEXT] = SHAPE_TEXT,
    [BFF_BODY_NUMBER] = SHAPE_NUMBER, [BFF_BODY_BOOL] = SHAPE_BOOL,
    [BFF_BODY_OBJECT] = SHAPE_OBJECT, [BFF_BODY_LIST] = SHAPE_LIST,
};

/* Members that no row names are allowed, but ask functions cannot read them one by one. So a type
 * without them is more useful: it finds names that are spelled wrongly. */
static const struct shape *object_of(struct pool *pool, const struct input_node *node)
{
    struct shape *object = shape_new(pool, SHAPE_OBJECT);
    size_t count = 0;

    for (const struct input_node *at = node->first; at != NULL; at = at->next)
        count++;
    for (const struct input_node *at = node->first; at != NULL; at = at->next)
        shape_member_add(pool, object, count,
                         (struct shape_member){.name = at->name,
                                               .is_required = at->is_required,
                                               .shape = types_body_shape(pool, at)});
    return object;
}

const struct shape *types_body_shape(struct pool *pool, const struct input_node *node)
{
    if (node->items != NULL)
        return shape_list_of(pool, types_body_shape(pool, node->items));
    if (node->first != NULL || (node->has_row && node->kind == BFF_BODY_OBJECT))
        return object_of(pool, node);
    if (!node->has_row || node->kind == BFF_BODY_ANY)
        return &shape_anything;
    return shape_new(pool, kinds[node->kind]);
}
