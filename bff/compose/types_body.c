/* See types_body.h. */
#include "bff/compose/types_body.h"

/* A member, or the items of a list, and the rows below it. */
struct place {
    const struct bff_bodies *rows;
    struct text path; /* "items[].product", or "items[]" */
};

static const unsigned kinds[] = {
    [BFF_BODY_ANY] = SHAPE_ANYTHING,  [BFF_BODY_TEXT] = SHAPE_TEXT,
    [BFF_BODY_NUMBER] = SHAPE_NUMBER, [BFF_BODY_BOOL] = SHAPE_BOOL,
    [BFF_BODY_OBJECT] = SHAPE_OBJECT, [BFF_BODY_LIST] = SHAPE_LIST,
};

/* The rest of the path of row ${i} below ${place}: ".city", "[]", ""; absent: it is not below. */
static struct text rest_of(const struct place *place, size_t i)
{
    struct text path = text_of(place->rows->rows[i].path);

    if (place->path.len == 0)
        return path;
    if (!text_starts(path, place->path))
        return (struct text){0};
    struct text rest = text_after(path, place->path.len);
    bool is_below = rest.len == 0 || rest.at[0] == '.' || text_starts(rest, TEXT("[]"));
    return is_below ? rest : (struct text){0};
}

/* The name at the beginning of ${rest}, which may begin with a dot. */
static struct text name_of(struct text rest)
{
    struct text name = text_starts(rest, TEXT(".")) ? text_after(rest, 1) : rest;

    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] == '.' || name.at[i] == '[')
            name.len = i;
    return name;
}

static struct place member_of(struct pool *pool, const struct place *place, struct text name)
{
    bool is_root = place->path.len == 0;

    return (struct place){
        .rows = place->rows,
        .path =
            is_root ? name : pool_print(pool, "%.*s.%.*s", TEXT_ARGS(place->path), TEXT_ARGS(name)),
    };
}

static const struct bff_body *row_of(const struct place *place)
{
    for (size_t i = 0; i < place->rows->count && place->rows->rows[i].path != NULL; i++)
        if (text_equal(text_of(place->rows->rows[i].path), place->path))
            return &place->rows->rows[i];
    return NULL;
}

/* True when a row below ${place} begins with ${with}: a member or an item of it. */
static bool has_below(const struct place *place, struct text with)
{
    for (size_t i = 0; i < place->rows->count && place->rows->rows[i].path != NULL; i++)
        if (text_starts(rest_of(place, i), with))
            return true;
    return false;
}

/* A member without a row of its own is needed when one below it is. */
static bool is_required(const struct place *place)
{
    const struct bff_body *row = row_of(place);

    if (row != NULL)
        return !row->is_optional;
    for (size_t i = 0; i < place->rows->count && place->rows->rows[i].path != NULL; i++)
        if (rest_of(place, i).len > 0 && !place->rows->rows[i].is_optional)
            return true;
    return false;
}

static const struct shape *shape_of(struct pool *pool, const struct place *place);

static const struct shape *object_of(struct pool *pool, const struct place *place)
{
    struct shape *object = shape_new(pool, SHAPE_OBJECT);

    object->rest = SHAPE_REST_ANY;
    for (size_t i = 0; i < place->rows->count && place->rows->rows[i].path != NULL; i++) {
        struct text rest = rest_of(place, i), name = name_of(rest);
        if (rest.len == 0 || text_starts(rest, TEXT("[")) || shape_member(object, name) != NULL)
            continue;
        struct place member = member_of(pool, place, name);
        shape_member_add(pool, object, place->rows->count,
                         (struct shape_member){.name = name,
                                               .is_required = is_required(&member),
                                               .shape = shape_of(pool, &member)});
    }
    return object;
}

static const struct shape *shape_of(struct pool *pool, const struct place *place)
{
    const struct bff_body *row = row_of(place);

    if (has_below(place, TEXT("[]"))) {
        struct place items = {.rows = place->rows,
                              .path = pool_print(pool, "%.*s[]", TEXT_ARGS(place->path))};
        return shape_list_of(pool, shape_of(pool, &items));
    }
    if (has_below(place, TEXT(".")))
        return object_of(pool, place);
    if (row == NULL || row->kind == BFF_BODY_ANY)
        return &shape_anything;
    struct shape *shape = shape_new(pool, kinds[row->kind]);
    shape->rest = row->kind == BFF_BODY_OBJECT ? SHAPE_REST_ANY : SHAPE_REST_UNSAID;
    return shape;
}

const struct shape *types_body_shape(struct pool *pool, const struct bff_bodies *rows)
{
    struct place root = {.rows = rows, .path = TEXT("")};

    return object_of(pool, &root);
}
