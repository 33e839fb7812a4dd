/* See json_edit_rules.h. */
#include "bff/base/check.h"
#include "bff/json/json_edit_rules.h"
#include "bff/json/json_print.h"

void json_edit_rules_init(struct json_edit_rules *rules, struct pool *pool)
{
    *rules = (struct json_edit_rules){.pool = pool};
}

/* Reading a path. */

struct reader {
    struct pool *pool;
    struct text path;
    size_t at;
    size_t steps;
    const char *wrong; /* NULL: nothing is wrong */
};

static void mistake(struct reader *reader, const char *words)
{
    if (reader->wrong == NULL)
        reader->wrong = pool_print(reader->pool, "\"%.*s\", character %zu: %s",
                                   TEXT_SHOWN(reader->path), reader->at + 1, words)
                            .at;
}

static bool is_at_items(const struct reader *reader)
{
    return reader->path.len - reader->at >= 2 && memcmp(reader->path.at + reader->at, "[]", 2) == 0;
}

/* Reads a byte of a name to ${out}. Returns false at the end of the name. */
static bool read_byte(struct reader *reader, char *out)
{
    struct text path = reader->path;

    if (reader->at == path.len || path.at[reader->at] == '.' || path.at[reader->at] == '[')
        return false;
    bool is_escaped = path.at[reader->at] == '\\';
    reader->at += is_escaped;
    if (reader->at == path.len)
        mistake(reader, "nothing follows the backslash");
    else if (path.at[reader->at] == ']' && !is_escaped)
        mistake(reader, "expected [] with nothing between");
    else if ((unsigned char)path.at[reader->at] < ' ')
        mistake(reader, "a name has no control bytes");
    else
        *out = path.at[reader->at++];
    return reader->wrong == NULL;
}

static struct text read_name(struct reader *reader)
{
    char name[JSON_EDIT_NAME_MAX], byte = 0;
    size_t len = 0;

    while (read_byte(reader, &byte)) {
        if (len == sizeof(name)) {
            mistake(reader, "the name is too long");
            break;
        }
        name[len++] = byte;
    }
    if (len == 0)
        mistake(reader, "expected a name, as in items[].price");
    return pool_text(reader->pool, (struct text){name, len});
}

/* The tree. */

static struct json_edit_node *member_of(const struct json_edit_node *node, struct text name)
{
    struct json_edit_node *at = node->first;

    while (at != NULL && !text_equal(at->name, name))
        at = at->next;
    return at;
}

static struct json_edit_node *node_new(struct reader *reader)
{
    struct json_edit_node *node = pool_zero(reader->pool, sizeof(*node));

    node->path = pool_text(reader->pool, reader->path);
    return node;
}

static struct json_edit_node *member_into(struct json_edit_rules *rules, struct reader *reader,
                                          struct json_edit_node *parent)
{
    struct text name = read_name(reader);
    struct json_edit_node *known = member_of(parent, name), **place = &parent->first;

    if (known != NULL || reader->wrong != NULL)
        return known;
    while (*place != NULL)
        place = &(*place)->next;
    *place = node_new(reader);
    (*place)->name = name;
    if (name.len > rules->longest)
        rules->longest = name.len;
    return *place;
}

static struct json_edit_node *items_into(struct reader *reader, struct json_edit_node *parent)
{
    reader->at += 2;
    if (reader->at == reader->path.len)
        mistake(reader, "a path does not end with []: write the name of the list, or a member of "
                        "its items behind a dot");
    if (parent->items == NULL)
        parent->items = node_new(reader);
    return parent->items;
}

/* After "[]" more of them may follow, or a dot with a name. A name is followed by the same. */
static struct json_edit_node *step_into(struct json_edit_rules *rules, struct reader *reader,
                                        struct json_edit_node *parent)
{
    if (++reader->steps > JSON_EDIT_STEPS_MAX) {
        mistake(reader, "the path has too many steps");
        return NULL;
    }
    if (is_at_items(reader))
        return items_into(reader, parent);
    if (reader->at > 0 && reader->path.at[reader->at] != '.') {
        mistake(reader, "expected a dot or []");
        return NULL;
    }
    reader->at += reader->at > 0;
    return member_into(rules, reader, parent);
}

/* Returns true when all that is in ${node} is decided by the rule for the node. */
static bool is_closed(const struct json_edit_node *node, enum json_edit_action action)
{
    return node->is_denied || node->set.at != NULL ||
           (action == JSON_EDIT_ALLOW && node->is_allowed);
}

static void conflict(struct reader *reader, const char *words, struct text other)
{
    if (reader->wrong == NULL)
        reader->wrong = pool_print(reader->pool, "\"%.*s\" %s \"%.*s\"", TEXT_SHOWN(reader->path),
                                   words, TEXT_SHOWN(other))
                            .at;
}

static bool has_rules_inside(const struct json_edit_node *node)
{
    return node->first != NULL || node->items != NULL;
}

static bool is_in_conflict(const struct json_edit_node *node, enum json_edit_action action)
{
    switch (action) {
    case JSON_EDIT_ALLOW:
        return node->is_allowed || node->is_denied || node->leads_to_allowed ||
               node->set.at != NULL;
    case JSON_EDIT_RENAME:
        return node->is_denied || node->renamed.at != NULL || node->set.at != NULL;
    default:
        return node->is_denied || node->is_allowed || node->renamed.at != NULL ||
               node->set.at != NULL || has_rules_inside(node);
    }
}

static struct text name_as_json(struct pool *pool, struct text name)
{
    struct json_print print;

    json_print_init(&print, pool);
    json_print_string(&print, name);
    json_print_raw(&print, TEXT(":"));
    return json_print_text(&print);
}

static void set(struct reader *reader, struct json_edit_node *parent, struct json_edit_node *node,
                struct text value)
{
    if (parent->set_count == JSON_EDIT_SET_MAX) {
        mistake(reader, "too many members are set in one object");
        return;
    }
    node->set = pool_text(reader->pool, value);
    node->set_key = name_as_json(reader->pool, node->name);
    node->set_place = parent->set_count++;
}

static void act(struct reader *reader, enum json_edit_action action, struct json_edit_node *parent,
                struct json_edit_node *node, struct text value)
{
    if (is_in_conflict(node, action)) {
        conflict(reader, "stands twice, or is in conflict with", node->path);
        return;
    }
    switch (action) {
    case JSON_EDIT_ALLOW:
        node->is_allowed = true;
        break;
    case JSON_EDIT_DENY:
        node->is_denied = true;
        break;
    case JSON_EDIT_RENAME:
        node->renamed = name_as_json(reader->pool, value);
        break;
    case JSON_EDIT_SET:
        set(reader, parent, node, value);
        break;
    }
}

const char *json_edit_rules_add(struct json_edit_rules *rules, enum json_edit_action action,
                                struct text path, struct text value)
{
    struct reader reader = {.pool = rules->pool, .path = path};
    struct json_edit_node *node = &rules->root, *parent = node;

    if (path.len == 0 || !text_is_utf8(path))
        return "expected a path such as items[].price";
    while (reader.at < path.len && reader.wrong == NULL) {
        if (action == JSON_EDIT_ALLOW)
            node->leads_to_allowed = true;
        parent = node;
        node = step_into(rules, &reader, parent);
        if (reader.wrong == NULL && reader.at < path.len && is_closed(node, action))
            conflict(&reader, "is part of", node->path);
    }
    if (reader.wrong == NULL)
        act(&reader, action, parent, node, value);
    rules->count++;
    return reader.wrong;
}

/* Returns a rule inside ${parent} that has no effect, or an absent text. */
static struct text without_effect(const struct json_edit_node *parent)
{
    struct text found = {0};

    if (parent->items != NULL && parent->items->leads_to_allowed)
        found = without_effect(parent->items);
    else if (parent->items != NULL)
        return parent->items->path;
    for (const struct json_edit_node *at = parent->first; at != NULL && found.at == NULL;
         at = at->next) {
        if (at->leads_to_allowed)
            found = without_effect(at);
        else if (!at->is_allowed && (at->renamed.at != NULL || has_rules_inside(at)))
            found = at->path;
    }
    return found;
}

const char *json_edit_rules_check(const struct json_edit_rules *rules)
{
    struct text found;

    if (!rules->root.leads_to_allowed)
        return NULL;
    found = without_effect(&rules->root);
    if (found.at == NULL)
        return NULL;
    return pool_print(rules->pool, "\"%.*s\" has no effect, because allow leaves it out",
                      TEXT_SHOWN(found))
        .at;
}
