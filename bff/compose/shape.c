/* See shape.h. */
#include <string.h>

#include "bff/compose/shape.h"
#include "bff/compose/shape_files.h"

const struct shape shape_anything = {.kinds = SHAPE_ANYTHING, .rest = SHAPE_REST_ANY};

/* Making. */

struct shape *shape_new(struct pool *pool, unsigned kinds)
{
    struct shape *shape = pool_zero(pool, sizeof(*shape));

    shape->kinds = kinds;
    return shape;
}

const struct shape *shape_list_of(struct pool *pool, const struct shape *item)
{
    struct shape *list = shape_new(pool, SHAPE_LIST);

    list->item = item;
    return list;
}

/* True when the kinds are all that the shape says. */
static bool is_bare(const struct shape *shape)
{
    return shape->name.at == NULL && shape->value_count == 0 && shape->any_count == 0 &&
           shape->item == NULL && (shape->kinds & SHAPE_OBJECT) == 0;
}

const struct shape *shape_either(struct pool *pool, const struct shape *a, const struct shape *b)
{
    struct shape *either = shape_new(pool, a->kinds | b->kinds);

    if (is_bare(a) && is_bare(b))
        return either;
    either->any = pool_take(pool, 2 * sizeof(const struct shape *));
    either->any[0] = a;
    either->any[1] = b;
    either->any_count = 2;
    return either;
}

void shape_member_add(struct pool *pool, struct shape *object, size_t capacity,
                      struct shape_member member)
{
    if (object->members == NULL)
        object->members = pool_zero(pool, capacity * sizeof(*object->members));
    object->members[object->member_count++] = member;
}

/* Reading. */

const struct shape_member *shape_member(const struct shape *shape, struct text name)
{
    for (size_t i = 0; i < shape->member_count; i++)
        if (text_equal(shape->members[i].name, name))
            return &shape->members[i];
    for (size_t i = 0; i < shape->any_count; i++) {
        const struct shape_member *found = shape_member(shape->any[i], name);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static const struct {
    unsigned kind;
    const char *name, *schema;
} kinds_table[] = {
    {SHAPE_TEXT, "text", "string"},
    {SHAPE_NUMBER, "a number", "number"},
    {SHAPE_INTEGER, "a whole number", "integer"},
    {SHAPE_BOOL, "a boolean", "boolean"},
    {SHAPE_OBJECT, "an object", "object"},
    {SHAPE_LIST, "a list", "array"},
    {SHAPE_NULL, "null", "null"},
};

#define KINDS (sizeof(kinds_table) / sizeof(kinds_table[0]))

unsigned shape_kind_of(struct json value)
{
    static const unsigned kinds[] = {
        [JSON_NONE] = 0,           [JSON_NULL] = SHAPE_NULL,     [JSON_FALSE] = SHAPE_BOOL,
        [JSON_TRUE] = SHAPE_BOOL,  [JSON_NUMBER] = SHAPE_NUMBER, [JSON_STRING] = SHAPE_TEXT,
        [JSON_ARRAY] = SHAPE_LIST, [JSON_OBJECT] = SHAPE_OBJECT,
    };

    return kinds[json_kind(value)];
}

unsigned shape_kind_of_type(struct text type)
{
    for (size_t i = 0; i < KINDS; i++)
        if (text_is(type, kinds_table[i].schema))
            return kinds_table[i].kind;
    return 0;
}

const char *shape_kinds_words(unsigned kinds, char words[SHAPE_WORDS_SIZE])
{
    size_t len = 0;

    words[0] = '\0';
    if (kinds == SHAPE_ANYTHING)
        return strcpy(words, "anything");
    for (size_t i = 0; i < KINDS; i++)
        if ((kinds & kinds_table[i].kind) != 0)
            len += (size_t)snprintf(words + len, SHAPE_WORDS_SIZE - len, "%s%s",
                                    len == 0 ? "" : " or ", kinds_table[i].name);
    return words;
}
