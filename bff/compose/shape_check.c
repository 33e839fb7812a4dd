/* Compares a value with a shape. See shape.h. */
#include <math.h>

#include "bff/compose/shape.h"

/* Where a value is: the steps from it back to the root. */
struct step {
    const struct step *above; /* NULL: the root */
    struct text name;         /* of a member; absent for an item */
    size_t place;             /* of an item */
};

static void print_path(struct text_builder *out, const struct step *step)
{
    if (step->above != NULL)
        print_path(out, step->above);
    if (step->name.at == NULL) {
        text_builder_add(out, TEXT("["));
        text_builder_size(out, step->place);
        text_builder_add(out, TEXT("]"));
        return;
    }
    if (out->len > 0 && step->name.len > 0)
        text_builder_add(out, TEXT("."));
    text_builder_add(out, step->name);
}

static void tell(struct shape_check *check, const struct step *step, struct text what)
{
    struct text_builder path;

    text_builder_init(&path, check->pool, 0);
    print_path(&path, step);
    check->faults++;
    check->tell(check->cookie, text_builder_text(&path), what);
}

static bool fits(struct shape_check *check, const struct shape *shape, struct json value,
                 const struct step *step);

/* Kinds. */

static bool is_whole(struct json number)
{
    double value = 0;

    return json_double(number, &value) && isfinite(value) && floor(value) == value;
}

/* A whole number fits "integer", too. */
static bool kind_fits(const struct shape *shape, struct json value)
{
    return (shape->kinds & shape_kind_of(value)) != 0 ||
           ((shape->kinds & SHAPE_INTEGER) != 0 && json_is(value, JSON_NUMBER) && is_whole(value));
}

/* Tells "a number, not text or null". */
static void tell_kind(struct shape_check *check, const struct shape *shape, struct json value,
                      const struct step *step)
{
    char is[SHAPE_WORDS_SIZE], wanted[SHAPE_WORDS_SIZE];

    tell(check, step,
         pool_print(check->pool, "%s, not %s", shape_kinds_words(shape_kind_of(value), is),
                    shape_kinds_words(shape->kinds, wanted)));
}

/* Values. */

static bool equal(struct json a, struct json b, struct pool *pool)
{
    double x = 0, y = 0;

    if (json_kind(a) != json_kind(b))
        return false;
    if (json_is(a, JSON_STRING))
        return text_equal(json_text(a, pool), json_text(b, pool));
    if (json_is(a, JSON_NUMBER))
        return json_double(a, &x) && json_double(b, &y) && x == y;
    return true;
}

static bool value_fits(struct shape_check *check, const struct shape *shape, struct json value,
                       const struct step *step)
{
    for (size_t i = 0; i < shape->value_count; i++)
        if (equal(shape->values[i], value, check->pool))
            return true;
    tell(
        check, step,
        pool_print(check->pool, "%.*s is none of the allowed values", TEXT_SHOWN(json_raw(value))));
    return false;
}

/* Members and items. */

static bool has_members(const struct shape *shape)
{
    return shape->member_count > 0 || shape->rest != SHAPE_REST_UNSAID;
}

static bool missing(struct shape_check *check, const struct shape_member *member, bool is_there,
                    const struct step *above)
{
    if (is_there || !member->is_required)
        return false;
    tell(check, &(struct step){above, member->name, 0}, TEXT("missing"));
    return true;
}

static bool other_fits(struct shape_check *check, const struct shape *shape, struct json value,
                       const struct step *step)
{
    if (shape->rest == SHAPE_REST_ANY)
        return shape->others == NULL || fits(check, shape->others, value, step);
    tell(check, step, TEXT("not in the shape"));
    return false;
}

static bool object_fits(struct shape_check *check, const struct shape *shape, struct json value,
                        const struct step *step)
{
    bool is_good = true, *is_there;

    if (!has_members(shape))
        return true;
    is_there = pool_zero(check->pool, shape->member_count + 1);
    struct json_walk walk = json_walk(value);
    for (struct json child; json_walk_next(&walk, &child);) {
        struct step below = {step, json_key_text(walk.key, check->pool), 0};
        const struct shape_member *member = shape_member(shape, below.name);
        if (member != NULL)
            is_there[member - shape->members] = true;
        is_good &= member != NULL ? fits(check, member->shape, child, &below)
                                  : other_fits(check, shape, child, &below);
    }
    for (size_t i = 0; i < shape->member_count; i++)
        is_good &= !missing(check, &shape->members[i], is_there[i], step);
    return is_good;
}

static bool list_fits(struct shape_check *check, const struct shape *shape, struct json list,
                      const struct step *step)
{
    bool is_good = true;
    size_t place = 0;

    if (shape->item == NULL)
        return true;
    json_each (item, list) {
        struct step below = {step, {0}, place++};
        is_good &= fits(check, shape->item, item, &below);
    }
    return is_good;
}

/* Unions. The faults are those of the first shape of the value's kind. */

static void tell_nobody(void *cookie, struct text path, struct text what) {}

static bool any_fits(struct shape_check *check, const struct shape *shape, struct json value,
                     const struct step *step)
{
    const struct shape *nearest = NULL;

    for (size_t i = 0; i < shape->any_count; i++) {
        struct shape_check silent = {.pool = check->pool, .tell = tell_nobody};
        if (fits(&silent, shape->any[i], value, step)) {
            check->compared += silent.compared;
            return true;
        }
        if (nearest == NULL && kind_fits(shape->any[i], value))
            nearest = shape->any[i];
    }
    return fits(check, nearest, value, step);
}

static bool fits(struct shape_check *check, const struct shape *shape, struct json value,
                 const struct step *step)
{
    check->compared++;
    if (!kind_fits(shape, value)) {
        tell_kind(check, shape, value, step);
        return false;
    }
    if (shape->any_count > 0)
        return any_fits(check, shape, value, step);
    if (shape->value_count > 0)
        return value_fits(check, shape, value, step);
    if (json_is(value, JSON_OBJECT))
        return object_fits(check, shape, value, step);
    return !json_is(value, JSON_ARRAY) || list_fits(check, shape, value, step);
}

bool shape_check(struct shape_check *check, const struct shape *shape, struct json value,
                 struct text name)
{
    struct step root = {NULL, name.at == NULL ? TEXT("") : name, 0};

    return fits(check, shape, value, &root);
}
