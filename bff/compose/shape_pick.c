/* The shape of what a pick keeps. See shape.h. */
#include "bff/base/suggest.h"
#include "bff/compose/pick.h"
#include "bff/compose/shape.h"

struct picker {
    struct pool *pool;
    const struct shape *const *added;
    const char *wrong; /* the first mistake, or NULL */
};

/* A pick below the root, and its path for people: "items[].price". */
struct place {
    const struct pick *pick;
    struct text path;
};

/* Returns what ${place} keeps of ${shape}. */
typedef const struct shape *picking(struct picker *picker, const struct shape *shape,
                                    const struct place *place);

static picking pick_value;

static void mistake(struct picker *picker, struct text words)
{
    if (picker->wrong == NULL)
        picker->wrong = words.at;
}

/* Names that the shape does not have. */

static size_t count_members(const struct shape *shape)
{
    size_t count = shape->member_count;

    for (size_t i = 0; i < shape->any_count; i++)
        count += count_members(shape->any[i]);
    return count;
}

static size_t list_names(struct pool *pool, const struct shape *shape, const char **names)
{
    size_t count = 0;

    for (; count < shape->member_count; count++)
        names[count] = pool_text(pool, shape->members[count].name).at;
    for (size_t i = 0; i < shape->any_count; i++)
        count += list_names(pool, shape->any[i], names + count);
    return count;
}

/* Returns "; it has id, name, ...", with the first twelve of ${count} names. */
static struct text joined(struct pool *pool, const char *const *names, size_t count)
{
    enum { MOST = 12 };
    struct text all = TEXT("");

    for (size_t i = 0; i < count && i < MOST; i++)
        all = pool_print(pool, "%.*s%s%s", TEXT_ARGS(all), i == 0 ? "; it has " : ", ", names[i]);
    return count > MOST ? pool_print(pool, "%.*s, ...", TEXT_ARGS(all)) : all;
}

static void unknown(struct picker *picker, const struct shape *shape, struct text name,
                    struct text path)
{
    const char **names = pool_zero(picker->pool, (count_members(shape) + 1) * sizeof(*names));
    size_t count = list_names(picker->pool, shape, names);
    const char *near = suggest_name(name, names, count);
    struct text others = joined(picker->pool, names, count);
    struct text where = shape->place.at == NULL ? TEXT("the shape") : shape->place;

    if (near != NULL)
        mistake(picker, pool_print(picker->pool, "\"%.*s\" is not in %.*s; did you mean \"%s\"?",
                                   TEXT_ARGS(path), TEXT_ARGS(where), near));
    else
        mistake(picker, pool_print(picker->pool, "\"%.*s\" is not in %.*s%.*s", TEXT_ARGS(path),
                                   TEXT_ARGS(where), TEXT_ARGS(others)));
}

static struct text path_of(struct picker *picker, const struct place *above,
                           const struct pick *pick)
{
    bool is_list = above->pick->is_list && above->path.len > 0;

    return pool_print(picker->pool, "%.*s%s%s%.*s", TEXT_ARGS(above->path), is_list ? "[]" : "",
                      above->path.len > 0 ? "." : "", TEXT_ARGS(pick->name));
}

/* True when an object may have members that the shape does not name. */
static bool is_open(const struct shape *shape)
{
    for (size_t i = 0; i < shape->any_count; i++)
        if (is_open(shape->any[i]))
            return true;
    return (shape->kinds & SHAPE_OBJECT) != 0 && shape->any_count == 0 &&
           (shape->rest == SHAPE_REST_ANY ||
            (shape->rest == SHAPE_REST_UNSAID && shape->member_count == 0));
}

/* Objects. */

static void add_picked(struct picker *picker, const struct shape *from, struct shape *to,
                       const struct place *above, const struct pick *pick)
{
    struct place place = {pick, path_of(picker, above, pick)};
    const struct shape_member *member = shape_member(from, pick->name);
    const struct shape *others = from->others == NULL ? &shape_anything : from->others;

    if (member == NULL && !is_open(from))
        return; /* pick_objects has told it, or another shape of the union has it */
    struct shape_member added = {
        .name = pick->name,
        .is_required = member != NULL && member->is_required,
        .shape = pick_value(picker, member == NULL ? others : member->shape, &place),
    };
    shape_member_add(picker->pool, to, from->member_count + 2 * (size_t)PICK_MEMBERS_MAX, added);
}

static const struct pick *find_picked(const struct pick *pick, struct text name)
{
    for (size_t i = 0; i < pick->member_count; i++)
        if (text_equal(pick->members[i].name, name))
            return &pick->members[i];
    return NULL;
}

static bool is_added(const struct pick *pick, struct text name)
{
    for (size_t i = 0; i < pick->added_count; i++)
        if (text_equal(pick->added[i].name, name))
            return true;
    return false;
}

/* Adds the members of a value that is kept as a whole, except those that computed members replace.
 */
static void add_all(struct picker *picker, const struct shape *from, struct shape *to,
                    const struct place *place)
{
    to->rest = from->rest;
    to->others = from->others;
    for (size_t i = 0; i < from->member_count; i++) {
        struct shape_member member = from->members[i];
        const struct pick *pick = find_picked(place->pick, member.name);
        if (is_added(place->pick, member.name))
            continue;
        if (pick != NULL)
            member.shape = pick_value(picker, member.shape,
                                      &(struct place){pick, path_of(picker, place, pick)});
        shape_member_add(picker->pool, to, from->member_count + 2 * (size_t)PICK_MEMBERS_MAX,
                         member);
    }
}

static void add_computed(struct picker *picker, const struct shape *from, struct shape *to,
                         const struct pick *pick)
{
    for (size_t i = 0; i < pick->added_count; i++) {
        struct shape_member member = {
            .name = pick->added[i].name,
            .is_required = true,
            .shape = picker->added[pick->added[i].field],
        };
        shape_member_add(picker->pool, to, from->member_count + 2 * (size_t)PICK_MEMBERS_MAX,
                         member);
    }
}

/* Values that are no object are passed on unchanged. */
static const struct shape *pick_object_of(struct picker *picker, const struct shape *shape,
                                          const struct place *place)
{
    struct shape *picked;

    if ((shape->kinds & SHAPE_OBJECT) == 0)
        return shape;
    picked = shape_new(picker->pool, shape->kinds);
    picked->item = shape->item;
    picked->about = shape->about;
    picked->rest = SHAPE_REST_NONE;
    if (place->pick->keeps_rest)
        add_all(picker, shape, picked, place);
    for (size_t i = 0; i < place->pick->member_count && !place->pick->keeps_rest; i++)
        add_picked(picker, shape, picked, place, &place->pick->members[i]);
    add_computed(picker, shape, picked, place->pick);
    return picked;
}

/* Picks from each shape of a union. A shape that lacks a name of the pick lacks it afterwards. */
static const struct shape *pick_each(struct picker *picker, const struct shape *shape,
                                     const struct place *place, picking *pick_one)
{
    struct shape *picked;

    if (shape->any_count == 0)
        return pick_one(picker, shape, place);
    picked = shape_new(picker->pool, shape->kinds);
    picked->any = pool_zero(picker->pool, shape->any_count * sizeof(const struct shape *));
    for (size_t i = 0; i < shape->any_count; i++)
        picked->any[picked->any_count++] = pick_each(picker, shape->any[i], place, pick_one);
    return picked;
}

static void check_names(struct picker *picker, const struct shape *shape, const struct place *place)
{
    for (size_t i = 0; i < place->pick->member_count; i++) {
        const struct pick *pick = &place->pick->members[i];
        if (shape_member(shape, pick->name) == NULL && !is_open(shape))
            unknown(picker, shape, pick->name, path_of(picker, place, pick));
    }
}

static const struct shape *pick_objects(struct picker *picker, const struct shape *shape,
                                        const struct place *place)
{
    if ((shape->kinds & SHAPE_OBJECT) == 0 && shape->any_count == 0)
        mistake(picker, pool_print(picker->pool, "\"%.*s\" is no object in the shape",
                                   TEXT_ARGS(place->path)));
    else
        check_names(picker, shape, place);
    return pick_each(picker, shape, place, pick_object_of);
}

static const struct shape *pick_list_of(struct picker *picker, const struct shape *shape,
                                        const struct place *place)
{
    if ((shape->kinds & SHAPE_LIST) == 0)
        return shape;
    struct shape *list = shape_new(picker->pool, shape->kinds);
    list->about = shape->about;
    list->members = shape->members;
    list->member_count = shape->member_count;
    list->item = pick_objects(picker, shape->item == NULL ? &shape_anything : shape->item, place);
    return list;
}

static const struct shape *pick_value(struct picker *picker, const struct shape *shape,
                                      const struct place *place)
{
    char words[SHAPE_WORDS_SIZE];

    if (pick_is_leaf(place->pick))
        return shape;
    if (!place->pick->is_list)
        return pick_objects(picker, shape, place);
    if ((shape->kinds & SHAPE_LIST) == 0)
        mistake(picker, pool_print(picker->pool, "\"%.*s\" is %s in the shape, and no list",
                                   TEXT_ARGS(place->path), shape_kinds_words(shape->kinds, words)));
    return pick_each(picker, shape, place, pick_list_of);
}

const struct shape *shape_pick(struct pool *pool, const struct shape *shape,
                               const struct pick *pick, const struct shape *const *added,
                               const char **wrong)
{
    struct picker picker = {.pool = pool, .added = added};
    struct place root = {pick, TEXT("")};
    const struct shape *picked =
        pick == NULL || pick_is_leaf(pick) ? shape : pick_objects(&picker, shape, &root);

    *wrong = picker.wrong;
    return picker.wrong == NULL ? picked : NULL;
}
