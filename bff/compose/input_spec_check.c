/* The check of a body. See input_spec.h. */
#include "bff/base/text_builder.h"
#include "bff/compose/input_spec.h"

/* A step from a node to one below it, up to the root. */
struct step {
    const struct step *before;
    const struct input_node *node;
    size_t item; /* of a list, when the node has no name */
};

static bool is_of_kind(enum bff_body_kind kind, enum json_kind is)
{
    switch (kind) {
    case BFF_BODY_ANY:
        break;
    case BFF_BODY_TEXT:
        return is == JSON_STRING;
    case BFF_BODY_NUMBER:
        return is == JSON_NUMBER;
    case BFF_BODY_BOOL:
        return is == JSON_TRUE || is == JSON_FALSE;
    case BFF_BODY_OBJECT:
        return is == JSON_OBJECT;
    case BFF_BODY_LIST:
        return is == JSON_ARRAY;
    }
    return true;
}

static const char *words_for(enum bff_body_kind kind)
{
    static const char *const words[] = {
        [BFF_BODY_ANY] = "must be JSON",         [BFF_BODY_TEXT] = "must be a string",
        [BFF_BODY_NUMBER] = "must be a number",  [BFF_BODY_BOOL] = "must be true or false",
        [BFF_BODY_OBJECT] = "must be an object", [BFF_BODY_LIST] = "must be an array",
    };

    return words[kind];
}

static void put_path(struct text_builder *out, const struct step *step)
{
    if (step == NULL)
        return;
    put_path(out, step->before);
    if (step->node->name.at == NULL) {
        text_builder_add(out, TEXT("["));
        text_builder_size(out, step->item);
        text_builder_add(out, TEXT("]"));
        return;
    }
    if (step->before != NULL)
        text_builder_add(out, TEXT("."));
    text_builder_add(out, step->node->name);
}

static bool refuse(const struct step *step, const char *what, struct pool *pool,
                   struct input_mistake *mistake)
{
    struct text_builder path;

    *mistake = (struct input_mistake){.what = what};
    if (step == NULL)
        return false;
    text_builder_init(&path, pool, 64);
    put_path(&path, step);
    mistake->path = text_builder_text(&path);
    return false;
}

static bool check(const struct input_node *node, struct json value, const struct step *step,
                  struct pool *pool, struct input_mistake *mistake);

/* A service that gets the object as a whole may take the first one of two members of the same name.
 * Only one of them would have been checked. */
static bool is_twice(struct json object, const char *name)
{
    struct json_walk walk = json_walk(object);
    size_t count = 0;

    for (struct json child; count < 2 && json_walk_next(&walk, &child);)
        count += json_key_is(walk.key, name);
    return count == 2;
}

static bool check_members(const struct input_node *node, struct json value,
                          const struct step *before, struct pool *pool,
                          struct input_mistake *mistake)
{
    for (const struct input_node *member = node->first; member != NULL; member = member->next) {
        struct step step = {before, member, 0};
        struct json at = json_get(value, member->name.at);
        if (!json_is(at, JSON_NONE)) {
            if (is_twice(value, member->name.at))
                return refuse(&step, "is there twice", pool, mistake);
            if (!check(member, at, &step, pool, mistake))
                return false;
        } else if (member->is_required) {
            return refuse(&step, "is missing", pool, mistake);
        }
    }
    return true;
}

static bool check_items(const struct input_node *items, struct json list, const struct step *before,
                        struct pool *pool, struct input_mistake *mistake)
{
    struct step step = {before, items, 0};

    json_each (item, list) {
        if (!check(items, item, &step, pool, mistake))
            return false;
        step.item++;
    }
    return true;
}

/* The tree is at most INPUT_SPEC_STEPS_MAX deep. */
static bool check(const struct input_node *node, struct json value, const struct step *step,
                  struct pool *pool, struct input_mistake *mistake)
{
    if (!is_of_kind(node->kind, json_kind(value)))
        return refuse(step, words_for(node->kind), pool, mistake);
    if (!input_bounds_fit(&node->bounds, value, pool))
        return refuse(step, node->bounds.what, pool, mistake);
    if (node->items != NULL)
        return check_items(node->items, value, step, pool, mistake);
    return check_members(node, value, step, pool, mistake);
}

bool input_spec_check(const struct input_spec *spec, struct json body, struct pool *pool,
                      struct input_mistake *mistake)
{
    if (json_is(body, JSON_NONE))
        return !input_spec_needs_body(spec) || refuse(NULL, "the body is missing", pool, mistake);
    if (spec->count == 0)
        return true;
    if (!json_is(body, JSON_OBJECT))
        return refuse(NULL, "the body must be an object", pool, mistake);
    return check_members(&spec->root, body, NULL, pool, mistake);
}
