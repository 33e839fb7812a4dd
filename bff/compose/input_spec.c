/* See input_spec.h. */
#include <string.h>

#include "bff/base/text_builder.h"
#include "bff/compose/input_spec.h"
#include "bff/json/json_print.h"

/* Adding rows. */

void input_spec_init(struct input_spec *spec, struct pool *pool)
{
    *spec = (struct input_spec){.pool = pool};
}

static bool is_name(struct text name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.at[i] <= 0x20 || strchr("\"\\[],{}()';*\x7f", name.at[i]) != NULL)
            return false;
    return name.len > 0 && text_is_utf8(name);
}

static struct text quoted(struct pool *pool, struct text name)
{
    struct json_print out;

    json_print_init(&out, pool);
    json_print_string(&out, name);
    return json_print_text(&out);
}

static bool is_list(const struct input_node *node)
{
    return node->kind == BFF_BODY_LIST || node->items != NULL;
}

static struct input_node *find(const struct input_node *node, struct text name)
{
    struct input_node *member = node->first;

    while (member != NULL && !text_equal(member->name, name))
        member = member->next;
    return member;
}

/* Returns the member ${name} of ${node}, which is made when it is not there. NULL: ${node} is no
 * object. */
static struct input_node *member_of(struct input_spec *spec, struct input_node *node,
                                    struct text name)
{
    struct input_node **last = &node->first, *member = find(node, name);

    if (is_list(node) || (node->has_row && node->kind != BFF_BODY_OBJECT))
        return NULL;
    if (member != NULL)
        return member;
    while (*last != NULL)
        last = &(*last)->next;
    *last = pool_zero(spec->pool, sizeof(**last));
    (*last)->name = pool_text(spec->pool, name);
    (*last)->key = quoted(spec->pool, name);
    node->kind = BFF_BODY_OBJECT;
    return *last;
}

/* The same for the items of a list. */
static struct input_node *items_of(struct input_spec *spec, struct input_node *node)
{
    if (node->first != NULL || (node->has_row && node->kind != BFF_BODY_LIST))
        return NULL;
    if (node->items == NULL)
        node->items = pool_zero(spec->pool, sizeof(*node->items));
    node->kind = BFF_BODY_LIST;
    return node->items;
}

/* Takes the "[]" at the end of ${step} off. Returns how many there are. */
static unsigned take_brackets(struct text *step)
{
    unsigned count = 0;

    for (; step->len >= 2 && memcmp(step->at + step->len - 2, "[]", 2) == 0; step->len -= 2)
        count++;
    return count;
}

#define NO_PATH "a path is names with dots, and [] after a list: \"items[].productId\""

/* Goes one step down: a name, and perhaps "[]" after it. */
static struct input_node *step_down(struct input_spec *spec, struct input_node *node,
                                    struct text step, size_t *steps)
{
    unsigned brackets = take_brackets(&step);

    *steps += 1 + brackets;
    if (*steps > INPUT_SPEC_STEPS_MAX)
        return NULL;
    node = member_of(spec, node, step);
    for (; node != NULL && brackets > 0; brackets--)
        node = items_of(spec, node);
    return node;
}

/* Goes down ${path} and makes what is missing on the way. Returns NULL, and words in ${wrong}, when
 * it cannot. */
static struct input_node *walk_down(struct input_spec *spec, struct text path, const char **wrong)
{
    struct input_node *node = &spec->root;
    struct text rest = path;
    size_t steps = 0;

    *wrong = NO_PATH;
    for (; rest.at != NULL; steps++) {
        struct text step = text_cut(&rest, '.');
        take_brackets(&step);
        if (!is_name(step))
            return NULL;
    }
    *wrong = steps > INPUT_SPEC_STEPS_MAX
                 ? "the path has too many names"
                 : "a row above says that a member on the way is of another kind";
    for (steps = 0; path.at != NULL && node != NULL;)
        node = step_down(spec, node, text_cut(&path, '.'), &steps);
    return node;
}

static bool fits(const struct input_node *node, enum bff_body_kind kind)
{
    return (node->first == NULL || kind == BFF_BODY_OBJECT) &&
           (node->items == NULL || kind == BFF_BODY_LIST);
}

/* Finds out again what is required, from the leaves to the root. */
static bool mark(struct input_node *node)
{
    bool is_below = node->items != NULL && mark(node->items);

    for (struct input_node *member = node->first; member != NULL; member = member->next)
        is_below |= mark(member);
    node->is_required = node->has_row ? !node->is_optional : is_below;
    return node->is_required;
}

const char *input_spec_add(struct input_spec *spec, const struct bff_body *row)
{
    struct input_node *node;
    const char *wrong;

    if (text_of(row->path).len == 0)
        return ".path is missing";
    if (row->kind > BFF_BODY_LIST)
        return ".kind is none of enum bff_body_kind";
    node = walk_down(spec, text_of(row->path), &wrong);
    if (node == NULL)
        return wrong;
    if (node->has_row)
        return "a row above has the same path";
    if (!fits(node, row->kind))
        return "a row above has a path that goes on from here, so it is of another kind";
    wrong = input_bounds_make(spec->pool, row, &node->bounds);
    if (wrong != NULL)
        return wrong;
    node->has_row = true;
    node->kind = row->kind;
    node->is_optional = row->is_optional;
    spec->count++;
    mark(&spec->root);
    return NULL;
}

bool input_spec_has(const struct input_spec *spec, struct text path)
{
    const struct input_node *node = &spec->root;

    while (path.at != NULL && !(node != &spec->root && node->first == NULL)) {
        node = find(node, text_cut(&path, '.'));
        if (node == NULL)
            return false;
    }
    return path.at == NULL || node->kind == BFF_BODY_OBJECT || node->kind == BFF_BODY_ANY;
}

/* A sample. */

static void sample(struct json_print *out, const struct input_node *node, bool is_full);

static void sample_items(struct json_print *out, const struct input_node *node, bool is_full)
{
    unsigned count = node->bounds.min > 0 ? node->bounds.min : 1;

    json_print_raw(out, TEXT("["));
    for (unsigned i = 0; i < count; i++) {
        json_print_raw(out, i == 0 ? TEXT("") : TEXT(","));
        sample(out, node->items, is_full);
    }
    json_print_raw(out, TEXT("]"));
}

static void sample_members(struct json_print *out, const struct input_node *node, bool is_full)
{
    json_print_raw(out, TEXT("{"));
    for (const struct input_node *member = node->first; member != NULL; member = member->next) {
        if (!is_full && !member->is_required)
            continue;
        json_print_comma(out);
        json_print_raw(out, member->key);
        json_print_raw(out, TEXT(":"));
        sample(out, member, is_full);
    }
    json_print_raw(out, TEXT("}"));
}

static void sample(struct json_print *out, const struct input_node *node, bool is_full)
{
    static const char *const plain[] = {
        [BFF_BODY_ANY] = "{}",    [BFF_BODY_TEXT] = "\"1\"", [BFF_BODY_NUMBER] = "1",
        [BFF_BODY_BOOL] = "true", [BFF_BODY_OBJECT] = "{}",  [BFF_BODY_LIST] = "[{}]",
    };

    if (node->items != NULL) {
        sample_items(out, node, is_full);
    } else if (node->bounds.what != NULL) {
        input_bounds_sample(out, &node->bounds, node->kind);
    } else if (node->first != NULL) {
        sample_members(out, node, is_full);
    } else {
        json_print_raw(out, text_of(plain[node->kind]));
    }
}

struct json input_spec_sample(const struct input_spec *spec, struct pool *pool, bool is_full)
{
    struct json_print out;

    if (spec->count == 0)
        return (struct json){0};
    json_print_init(&out, pool);
    sample_members(&out, &spec->root, is_full);
    return json_of(json_print_text(&out));
}
