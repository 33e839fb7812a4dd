/* See types_body.h. */
#include "bff/json/json_print.h"
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

/* The words as the allowed values of a text. */
static const struct shape *words_of(struct pool *pool, struct text words)
{
    struct shape *shape = shape_new(pool, SHAPE_TEXT);
    struct json *values = pool_zero(pool, words.len * sizeof(*values));
    struct json_print out;

    while (words.at != NULL) {
        struct text word = text_cut(&words, ' ');
        if (word.len == 0)
            continue;
        json_print_init(&out, pool);
        json_print_string(&out, word);
        values[shape->value_count++] = json_of(json_print_text(&out));
    }
    shape->values = values;
    return shape;
}

const struct shape *types_body_shape(struct pool *pool, const struct input_node *node)
{
    if (node->items != NULL)
        return shape_list_of(pool, types_body_shape(pool, node->items));
    if (node->first != NULL || (node->has_row && node->kind == BFF_BODY_OBJECT))
        return object_of(pool, node);
    if (!node->has_row || node->kind == BFF_BODY_ANY)
        return &shape_anything;
    if (node->bounds.words.at != NULL)
        return words_of(pool, node->bounds.words);
    return shape_new(pool, node->bounds.is_whole ? SHAPE_INTEGER : kinds[node->kind]);
}
