/* See settings_file.h. */
#include <stdio.h>

#include "bff/base/memory.h"
#include "bff/config/document.h"
#include "bff/config/expand.h"
#include "bff/config/names.h"
#include "bff/config/suggest.h"
#include "bff/http/field.h"

#include "bff/config/settings_file.h"

#define NAME_MAX_BYTES 64
#define PATH_SIZE 128

/* A mapping that is read now, and its place in the tree. */
struct mapping {
    struct settings *settings;
    struct document *document;
    char path[PATH_SIZE];  /* as rows have it: "services.*.timeout", "" at the top */
    char shown[PATH_SIZE]; /* for messages, with the name or number of the item */
    size_t index;          /* of the item */
};

static struct mistakes *mistakes_of(const struct mapping *mapping)
{
    return &mapping->settings->config->mistakes;
}

/* Returns the part of ${path} after the path of ${mapping}; absent if ${path} is not below
 * ${mapping}. */
static struct text below(const struct mapping *mapping, const char *path)
{
    size_t len = strlen(mapping->path);
    struct text rest = text_of(path);

    if (len == 0)
        return rest;
    if (!text_starts(rest, text_of(mapping->path)) || rest.len <= len || rest.at[len] != '.')
        return (struct text){0};
    return (struct text){rest.at + len + 1, rest.len - len - 1};
}

/* Returns the group whose items are in ${mapping}; NULL if ${mapping} has settings instead. */
static struct settings_group *group_in(const struct mapping *mapping)
{
    struct settings *settings = mapping->settings;

    for (size_t i = 0; i < settings->group_count; i++) {
        const struct settings_items *items = settings->groups[i].section->items;
        if (items != NULL && strcmp(items->path, mapping->path) == 0)
            return &settings->groups[i];
    }
    return NULL;
}

/* Adds the names that ${mapping} may have to ${names}. */
static void names_collect(const struct mapping *mapping, struct names *names)
{
    const struct settings *settings = mapping->settings;
    const struct settings_group *in = group_in(mapping);

    for (size_t i = 0; in != NULL && i < in->count; i++)
        names_add(names, text_of(in->section->items->name(settings->config, i)));
    for (size_t i = 0; in == NULL && i < settings->group_count; i++)
        for (const struct setting *row = settings->groups[i].section->rows; row->path != NULL;
             row++) {
            struct text rest = below(mapping, row->path);
            if (rest.at != NULL)
                names_add(names, text_cut(&rest, '.'));
        }
}

/* Reports a mistake at the place of ${key}, with its path. */
static void complain(const struct mapping *mapping, const yaml_node_t *key, const char *words)
{
    struct place place = document_place(mapping->document, key);
    struct text name = document_text(key);

    if (name.len == 0)
        name = TEXT("(no name)");
    mistakes_add(mistakes_of(mapping), &place, "%s%s%.*s: %s", mapping->shown,
                 mapping->shown[0] == '\0' ? "" : ".", name.len > 64 ? 64 : (int)name.len, name.at,
                 words);
}

static void unknown(const struct mapping *mapping, const yaml_node_t *key)
{
    const struct settings_group *in = group_in(mapping);
    const char *what = in == NULL ? "setting" : in->section->items->noun;
    struct names names = {.count = 0};
    char known[NAMES_SIZE], words[NAMES_SIZE + 64];

    names_collect(mapping, &names);
    names_join(&names, known);
    const char *near = suggest_name(document_text(key), names.at, names.count);
    if (near != NULL)
        snprintf(words, sizeof(words), "unknown %s; did you mean \"%s\"?", what, near);
    else if (text_is(document_text(key), "<<"))
        snprintf(words, sizeof(words), "merge keys are not read; write the settings out");
    else
        snprintf(words, sizeof(words), "unknown %s; expected %s", what, known);
    complain(mapping, key, words);
}

/* Returns the value of ${key} as a string, which the caller frees with memory_free. If it is not a
 * scalar, reports that and returns NULL. */
static char *scalar_read(const struct mapping *mapping, const yaml_node_t *key,
                         const yaml_node_t *node)
{
    struct text text = document_text(node);
    char wrong[EXPAND_WRONG_SIZE] = "expected one value";
    char *string = NULL;

    if (text.at != NULL && memchr(text.at, '\0', text.len + 1) != text.at + text.len)
        snprintf(wrong, sizeof(wrong), "it holds a NUL");
    else if (text.at != NULL)
        string = expand(text, wrong);
    else
        snprintf(wrong, sizeof(wrong), "expected one value, not a %s",
                 node->type == YAML_SEQUENCE_NODE ? "list" : "mapping");
    if (string == NULL) {
        struct place place = document_place(mapping->document, node);
        struct text name = document_text(key);
        mistakes_add(mistakes_of(mapping), &place, "%s%s%.*s: %s", mapping->shown,
                     mapping->shown[0] == '\0' ? "" : ".", TEXT_ARGS(name), wrong);
    }
    return string;
}

static int list_check(const struct mapping *mapping, const yaml_node_t *key, size_t count)
{
    char words[64];

    if (count > 0 && count <= SETTINGS_LIST_MAX)
        return 0;
    snprintf(words, sizeof(words), "expected 1 to %d values, not %zu", SETTINGS_LIST_MAX, count);
    complain(mapping, key, words);
    return -1;
}

static void values_add(struct settings_values *values, char *string, struct place place)
{
    values->places[values->count] = place;
    values->texts[values->count++] = string;
}

/* Returns "name: value", which the caller frees with memory_free. If the name or the value is not a
 * scalar, reports that and returns NULL. */
static char *field_read(const struct mapping *mapping, const yaml_node_t *name,
                        const yaml_node_t *node)
{
    struct text text = document_text(name);

    if (!field_is_token(text)) {
        complain(mapping, name, "expected the name of a header, such as X-Shop");
        return NULL;
    }
    char *value = scalar_read(mapping, name, node);
    if (value == NULL)
        return NULL;
    size_t size = text.len + strlen(value) + sizeof(": ");
    char *joined = memory_new(size);
    snprintf(joined, size, "%.*s: %s", TEXT_ARGS(text), value);
    memory_free(value);
    return joined;
}

/* Reads a mapping of names and values. Returns the number of its pairs, or 0 if ${node} is not a
 * mapping. */
static size_t pairs_read(const struct mapping *mapping, const yaml_node_t *key,
                         const yaml_node_t *node, struct settings_values *values)
{
    struct mapping inner = *mapping;
    size_t shown = strlen(mapping->shown);

    if (node->type != YAML_MAPPING_NODE) {
        complain(mapping, key, "expected a mapping of names and values");
        return 0;
    }
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    size_t count = (size_t)(node->data.mapping.pairs.top - pair);
    if (list_check(mapping, key, count) != 0)
        return 0;
    snprintf(inner.shown + shown, sizeof(inner.shown) - shown, ".%.*s",
             TEXT_ARGS(document_text(key)));
    for (size_t i = 0; i < count; i++) {
        yaml_node_t *name = document_node(mapping->document, pair[i].key);
        char *string = field_read(&inner, name, document_node(mapping->document, pair[i].value));
        if (string != NULL)
            values_add(values, string, document_place(mapping->document, name));
    }
    return count;
}

/* Reads a list, or a single scalar as a list of one value. Returns the number of values that the
 * node has. */
static size_t list_read(const struct mapping *mapping, const yaml_node_t *key, yaml_node_t *node,
                        struct settings_values *values)
{
    bool is_list = node->type == YAML_SEQUENCE_NODE;
    const yaml_node_item_t *items = is_list ? node->data.sequence.items.start : NULL;
    size_t count = is_list ? (size_t)(node->data.sequence.items.top - items) : 1;

    if (list_check(mapping, key, count) != 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        yaml_node_t *one = is_list ? document_node(mapping->document, items[i]) : node;
        char *string = scalar_read(mapping, key, one);
        if (string != NULL)
            values_add(values, string, document_place(mapping->document, one));
    }
    return count;
}

static void setting_read(const struct mapping *mapping, const struct setting *row,
                         const yaml_node_t *key, yaml_node_t *node)
{
    struct settings_values values = {.count = 0};
    size_t count = 1;
    char *string;

    if (document_is_null(node) || (row->may_be_unset && expand_is_unset(document_text(node))))
        return;
    if (row->kind->is_mapping)
        count = pairs_read(mapping, key, node, &values);
    else if (row->kind->is_list)
        count = list_read(mapping, key, node, &values);
    else if ((string = scalar_read(mapping, key, node)) != NULL)
        values_add(&values, string, document_place(mapping->document, node));
    if (values.count > 0)
        settings_set(mapping->settings, row->path, mapping->index, &values);
    if (count == 0 || values.count < count)
        settings_mark(mapping->settings, row->path, mapping->index)->is_wrong = true;
    for (size_t i = 0; i < values.count; i++)
        memory_free((char *)values.texts[i]);
}

/* Writes the mapping ${name} below ${mapping} to ${out}. In the path for rows, ${own} replaces
 * ${name}. */
static void mapping_enter(const struct mapping *mapping, struct text own, struct text name,
                          struct mapping *out)
{
    const char *dot = mapping->path[0] == '\0' ? "" : ".";
    size_t path = strlen(mapping->path), shown = strlen(mapping->shown);

    *out = *mapping;
    snprintf(out->path + path, sizeof(out->path) - path, "%s%.*s", dot, TEXT_ARGS(own));
    snprintf(out->shown + shown, sizeof(out->shown) - shown, "%s%.*s", dot, TEXT_ARGS(name));
}

/* Writes the mapping of ${name} to ${out}. Returns -1 if no row is in such a mapping. */
static int mapping_open(const struct mapping *mapping, struct text name, struct mapping *out)
{
    const struct config *config = mapping->settings->config;
    const struct settings_group *in = group_in(mapping);
    struct names names = {.count = 0};
    size_t index = mapping->index;

    if (name.len > NAME_MAX_BYTES)
        return -1;
    if (in != NULL) {
        index = 0;
        while (index < in->count && !text_is(name, in->section->items->name(config, index)))
            index++;
        if (index == in->count)
            return -1;
    }
    mapping_enter(mapping, in == NULL ? name : TEXT("*"), name, out);
    out->index = index;
    names_collect(out, &names);
    return group_in(out) != NULL || names.count > 0 ? 0 : -1;
}

static const struct setting *row_find(const struct mapping *mapping, struct text name)
{
    struct mapping inner;

    if (name.len > NAME_MAX_BYTES || memchr(name.at, '\0', name.len) != NULL ||
        group_in(mapping) != NULL)
        return NULL;
    mapping_enter(mapping, name, name, &inner);
    return settings_find(mapping->settings, inner.path);
}

/* A path has at most five names, and only nodes whose path is in a row are read. So the recursion
 * has at most five levels. This limit also stops the recursion if an alias contains itself. */
static void mapping_read(const struct mapping *mapping, yaml_node_t *node);

/* Reads an item of a list. If the item is not a mapping, that has been reported. So its settings
 * are marked as wrong, and no setting is reported as missing. */
static void item_read(const struct mapping *list, struct settings_group *group, size_t index,
                      yaml_node_t *node)
{
    struct mapping inner = *list;
    const struct setting *row = group->section->rows;

    inner.index = index;
    snprintf(inner.path, sizeof(inner.path), "%s.*", group->section->items->path);
    snprintf(inner.shown, sizeof(inner.shown), "%s[%zu]", group->section->items->path, index);
    group->begins[index] = document_place(list->document, node);
    mapping_read(&inner, node);
    for (; row->path != NULL && node->type != YAML_MAPPING_NODE && !document_is_null(node); row++)
        settings_mark(list->settings, row->path, index)->is_wrong = true;
}

static void items_read(const struct mapping *list, struct settings_group *group, yaml_node_t *node)
{
    const struct settings_items *known = group->section->items;
    struct place place = document_place(list->document, node);
    bool is_list = node->type == YAML_SEQUENCE_NODE;
    const yaml_node_item_t *items = is_list ? node->data.sequence.items.start : NULL;
    size_t count = is_list ? (size_t)(node->data.sequence.items.top - items) : 0;

    if (!is_list || count > known->most) {
        mistakes_add(mistakes_of(list), &place, "%s: expected a list of at most %zu %ss",
                     known->path, known->most, known->noun);
        return;
    }
    group->is_given = true;
    settings_make(list->settings, group, count);
    for (size_t i = 0; i < count && !mistakes_is_full(mistakes_of(list)); i++)
        item_read(list, group, i, document_node(list->document, items[i]));
}

static bool is_repeated(const struct mapping *mapping, const yaml_node_t *node,
                        const yaml_node_pair_t *pair)
{
    struct text name = document_text(document_node(mapping->document, pair->key));

    for (const yaml_node_pair_t *at = node->data.mapping.pairs.start; at < pair; at++)
        if (text_equal(document_text(document_node(mapping->document, at->key)), name))
            return true;
    return false;
}

static void pair_read(const struct mapping *mapping, const yaml_node_t *node,
                      const yaml_node_pair_t *pair)
{
    struct mapping inner;
    yaml_node_t *key = document_node(mapping->document, pair->key);
    yaml_node_t *value = document_node(mapping->document, pair->value);
    struct text name = document_text(key);
    /* "tls.key" is a path for people. In the file it is a name in the mapping "tls". */
    bool is_name = name.len > 0 && memchr(name.at, '.', name.len) == NULL;
    const struct setting *row = is_name ? row_find(mapping, name) : NULL;
    /* The file may have "off" instead of a mapping. */
    bool may_open = is_name && (row == NULL || value->type == YAML_MAPPING_NODE);
    bool is_open = may_open && mapping_open(mapping, name, &inner) == 0;

    if (name.at == NULL)
        complain(mapping, key, "the name of a setting must be plain text");
    else if (row == NULL && !is_open)
        unknown(mapping, key);
    else if (is_repeated(mapping, node, pair))
        complain(mapping, key, "it stands here twice");
    else if (is_open)
        mapping_read(&inner, value);
    else
        setting_read(mapping, row, key, value);
}

static void mapping_read(const struct mapping *mapping, yaml_node_t *node)
{
    struct settings_group *group = group_in(mapping);
    struct names names = {.count = 0};
    char known[NAMES_SIZE];

    if (document_is_null(node))
        return;
    if (group != NULL && group->section->items->name == NULL) {
        items_read(mapping, group, node);
        return;
    }
    if (node->type != YAML_MAPPING_NODE) {
        struct place place = document_place(mapping->document, node);
        names_collect(mapping, &names);
        names_join(&names, known);
        mistakes_add(mistakes_of(mapping), &place, "%s%sexpected a mapping with some of: %s",
                     mapping->shown, mapping->shown[0] == '\0' ? "" : ": ", known);
        return;
    }
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    for (; pair < node->data.mapping.pairs.top && !mistakes_is_full(mistakes_of(mapping)); pair++)
        pair_read(mapping, node, pair);
}

int settings_file_read(struct settings *settings)
{
    struct document document;
    struct mapping top = {.settings = settings, .document = &document};

    document_load(&document, settings->config->file, &settings->config->mistakes);
    if (document.root != NULL)
        mapping_read(&top, document.root);
    bool is_loaded = document.is_loaded;
    document_free(&document);
    return is_loaded ? 0 : -1;
}
