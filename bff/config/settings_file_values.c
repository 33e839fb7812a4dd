/* See settings_file_values.h. */
#include <stdio.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/config/expand.h"
#include "bff/http/field.h"

#include "bff/config/settings_file_values_json.h"
#include "bff/config/settings_file_values_members.h"
#include "bff/config/settings_file_values.h"

/* Reports a mistake at ${node}, the value of ${key}, or ${key} itself. */
static void complain_at(const struct settings_mapping *mapping, const yaml_node_t *key,
                        const yaml_node_t *node, const char *words)
{
    struct place place = document_place(mapping->document, node);
    struct text name = document_text(key);
    char path[2 * SETTINGS_MAPPING_PATH];

    if (name.len == 0)
        name = TEXT("(no name)");
    snprintf(path, sizeof(path), "%s%s%.*s", mapping->shown, mapping->shown[0] == '\0' ? "" : ".",
             name.len > 64 ? 64 : (int)name.len, name.at);
    mistakes_add_setting(&mapping->settings->config->mistakes, &place, path, words);
}

void settings_file_complain(const struct settings_mapping *mapping, const yaml_node_t *key,
                            const char *words)
{
    complain_at(mapping, key, key, words);
}

char *settings_file_scalar_read(const struct settings_mapping *mapping, const yaml_node_t *key,
                                const yaml_node_t *node)
{
    struct text text = document_text(node);
    char wrong[EXPAND_WRONG_SIZE] = "expected one value";
    char *string = NULL;

    if (text.at != NULL && memchr(text.at, '\0', text.len + 1) != text.at + text.len)
        snprintf(wrong, sizeof(wrong), "it holds a NUL");
    else if (text.at != NULL)
        string = expand(text, &mapping->settings->variables, wrong);
    else
        snprintf(wrong, sizeof(wrong), "expected one value, not a %s",
                 node->type == YAML_SEQUENCE_NODE ? "list" : "mapping");
    if (string == NULL)
        complain_at(mapping, key, node, wrong);
    return string;
}

static int list_check(const struct settings_mapping *mapping, const yaml_node_t *key, size_t count)
{
    char words[64];

    if (count > 0 && count <= SETTINGS_LIST_MAX)
        return 0;
    snprintf(words, sizeof(words), "expected 1 to %d values, not %zu", SETTINGS_LIST_MAX, count);
    settings_file_complain(mapping, key, words);
    return -1;
}

void settings_file_value_add(struct settings_values *values, char *string, struct place place)
{
    must(values->count < SETTINGS_TEXTS_MAX);
    values->rows[values->count] = NULL;
    values->items[values->count] = 0;
    values->places[values->count] = place;
    values->texts[values->count++] = string;
}

/* Returns "name\nvalue", which the caller frees with memory_free. If that is not possible, reports
 * it and returns NULL. */
static char *pair_read(const struct settings_mapping *mapping, const yaml_node_t *name,
                       yaml_node_t *node, enum settings_pairs pairs)
{
    struct text text = document_text(name);
    char *value, *joined;

    if (text.len == 0 || memchr(text.at, '\n', text.len) != NULL ||
        memchr(text.at, '\0', text.len) != NULL) {
        settings_file_complain(mapping, name, "expected a name in one line");
        return NULL;
    }
    value = pairs == SETTINGS_JSON ? settings_file_json_read(mapping, name, node)
                                   : settings_file_scalar_read(mapping, name, node);
    if (value == NULL)
        return NULL;
    size_t size = text.len + strlen(value) + sizeof("\n");
    joined = memory_new(size);
    snprintf(joined, size, "%.*s\n%s", TEXT_ARGS(text), value);
    memory_free(value);
    return joined;
}

/* Returns "name: value", which the caller frees with memory_free. If the name or the value is not a
 * scalar, reports that and returns NULL. */
static char *field_read(const struct settings_mapping *mapping, const yaml_node_t *name,
                        const yaml_node_t *node)
{
    struct text text = document_text(name);

    if (!field_is_token(text)) {
        settings_file_complain(mapping, name, "expected the name of a header, such as X-Shop");
        return NULL;
    }
    char *value = settings_file_scalar_read(mapping, name, node);
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
static size_t pairs_read(const struct settings_mapping *mapping, enum settings_pairs pairs,
                         const yaml_node_t *key, const yaml_node_t *node,
                         struct settings_values *values)
{
    struct settings_mapping inner = *mapping;
    size_t shown = strlen(mapping->shown);

    if (node->type != YAML_MAPPING_NODE) {
        settings_file_complain(mapping, key, "expected a mapping of names and values");
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
        yaml_node_t *value = document_node(mapping->document, pair[i].value);
        char *string = pairs == SETTINGS_FIELDS ? field_read(&inner, name, value)
                                                : pair_read(&inner, name, value, pairs);
        if (string != NULL)
            settings_file_value_add(values, string, document_place(mapping->document, name));
    }
    return count;
}

/* Reads an item of a list. Returns 0, or -1 if it is wrong. */
static int item_read(const struct settings_mapping *mapping, const struct setting *row,
                     const struct settings_file_item *item, struct settings_values *values)
{
    if (row->kind->members != NULL && item->node->type == YAML_MAPPING_NODE)
        return settings_file_members_read(mapping, row, item, values);
    char *string = settings_file_scalar_read(mapping, item->key, item->node);
    if (string == NULL)
        return -1;
    settings_file_value_add(values, string, document_place(mapping->document, item->node));
    values->items[values->count - 1] = item->number;
    return 0;
}

/* Reads a list, or a single item as a list of one. Returns the number of items that the node has,
 * or 0 if one of them is wrong. */
static size_t list_read(const struct settings_mapping *mapping, const struct setting *row,
                        const yaml_node_t *key, yaml_node_t *node, struct settings_values *values)
{
    bool is_whole = true;
    bool is_list = node->type == YAML_SEQUENCE_NODE;
    const yaml_node_item_t *items = is_list ? node->data.sequence.items.start : NULL;
    size_t count = is_list ? (size_t)(node->data.sequence.items.top - items) : 1;

    if (list_check(mapping, key, count) != 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        yaml_node_t *one = is_list ? document_node(mapping->document, items[i]) : node;
        struct settings_file_item item = {.key = key, .node = one, .number = i};
        is_whole = item_read(mapping, row, &item, values) == 0 && is_whole;
    }
    return is_whole ? count : 0;
}

bool settings_file_is_left_out(const struct setting *row, const yaml_node_t *node)
{
    struct text text = document_text(node);

    return document_is_null(node) || (row->may_be_unset && expand_is_unset(text)) ||
           expand_is_left_empty(text);
}

/* Notes that the file means a variable which is not set. */
static void note_unset(const struct settings_mapping *mapping, const struct setting *row,
                       const yaml_node_t *node)
{
    struct settings_mark *mark = settings_mark(mapping->settings, row->path, mapping->index);

    mark->is_unset = row->may_be_unset && expand_is_unset(document_text(node));
    mark->seen = document_place(mapping->document, node);
}

void settings_file_value_read(const struct settings_mapping *mapping, const struct setting *row,
                              const yaml_node_t *key, yaml_node_t *node)
{
    struct settings_values values = {.count = 0};
    size_t count = 1;
    char *string;

    if (settings_file_is_left_out(row, node)) {
        note_unset(mapping, row, node);
        return;
    }
    if (row->kind->is_mapping)
        count = pairs_read(mapping, row->kind->pairs, key, node, &values);
    else if (row->kind->is_list)
        count = list_read(mapping, row, key, node, &values);
    else if ((string = settings_file_scalar_read(mapping, key, node)) != NULL)
        settings_file_value_add(&values, string, document_place(mapping->document, node));
    if (values.count > 0)
        settings_set(mapping->settings, row->path, mapping->index, &values);
    if (count == 0 || values.count < count)
        settings_mark(mapping->settings, row->path, mapping->index)->is_wrong = true;
    for (size_t i = 0; i < values.count; i++)
        memory_free((char *)values.texts[i]);
}
