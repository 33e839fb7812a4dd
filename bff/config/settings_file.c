/* See settings_file.h. */
#include <stdio.h>

#include "bff/yaml/names.h"
#include "bff/yaml/suggest_words.h"

#include "bff/config/settings_file.h"
#include "bff/config/settings_file_items.h"
#include "bff/config/settings_file_values.h"

#define NAME_MAX_BYTES 64

/* Returns the part of ${path} after the path of ${mapping}; absent if ${path} is not below
 * ${mapping}. */
static struct text below(const struct settings_mapping *mapping, const char *path)
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
static struct settings_group *group_in(const struct settings_mapping *mapping)
{
    struct settings *settings = mapping->settings;

    for (size_t i = 0; i < settings->group_count; i++) {
        const struct settings_items *items = settings->groups[i].section->items;
        if (items != NULL && strcmp(items->path, mapping->path) == 0)
            return &settings->groups[i];
    }
    return NULL;
}

/* Adds the names that ${mapping} may have to ${names}. The items of a list have none. */
static void names_collect(const struct settings_mapping *mapping, struct names *names)
{
    const struct settings *settings = mapping->settings;
    const struct settings_group *in = group_in(mapping);
    bool has_names = in != NULL && in->section->items->name != NULL;

    for (size_t i = 0; has_names && i < in->section->items->count(settings->config); i++)
        names_add(names, text_of(in->section->items->name(settings->config, i)));
    for (size_t i = 0; in == NULL && i < settings->group_count; i++)
        for (const struct setting *row = settings->groups[i].section->rows; row->path != NULL;
             row++) {
            struct text rest = below(mapping, row->path);
            if (rest.at != NULL)
                names_add(names, text_cut(&rest, '.'));
        }
}

static const struct setting *row_find(const struct settings_mapping *mapping, struct text name);

/* The setting ${near} was meant, so it is not reported as missing as well. */
static void mark_wrong(const struct settings_mapping *mapping, const char *near)
{
    const struct setting *row = row_find(mapping, text_of(near));

    if (row != NULL)
        settings_mark(mapping->settings, row->path, mapping->index)->is_wrong = true;
}

/* Returns the length of "login" when "login.NAME" and what is below it are settings. Returns 0 when
 * ${path} is another setting. */
static size_t section_len(const char *path, struct text name)
{
    const char *dot = strchr(path, '.');
    struct text rest = text_of(dot == NULL ? "" : dot + 1);

    return dot != NULL && text_equal(text_cut(&rest, '.'), name) ? (size_t)(dot - path) : 0;
}

/* Writes the only section in which ${name} is a setting to ${words}, for a name that was written
 * beside the sections. Does nothing when none or several have it. */
static void section_suggest(const struct settings_mapping *mapping, struct text name,
                            char words[SUGGEST_WORDS_SIZE])
{
    const struct settings *settings = mapping->settings;
    struct text found = {0};

    for (size_t i = 0; mapping->path[0] == '\0' && i < settings->group_count; i++)
        for (const struct setting *row = settings->groups[i].section->rows; row->path != NULL;
             row++) {
            struct text section = {row->path, section_len(row->path, name)};
            if (section.len == 0)
                continue;
            if (found.at != NULL && !text_equal(found, section))
                return;
            found = section;
        }
    if (found.at != NULL)
        snprintf(words, SUGGEST_WORDS_SIZE, "unknown setting; did you mean \"%.*s.%.*s\"?",
                 TEXT_ARGS(found), TEXT_ARGS(name));
}

static void unknown(const struct settings_mapping *mapping, const yaml_node_t *key)
{
    const struct settings_group *in = group_in(mapping);
    const char *what = in == NULL ? "setting" : in->section->items->noun;
    struct names names = {.count = 0};
    char words[SUGGEST_WORDS_SIZE];

    names_collect(mapping, &names);
    const char *near = suggest_words(what, document_text(key), &names, words);
    if (near == NULL)
        section_suggest(mapping, document_text(key), words);
    if (text_is(document_text(key), "<<"))
        settings_file_complain(mapping, key, "merge keys are not read; write the settings out");
    else
        settings_file_complain(mapping, key, words);
    if (near != NULL)
        mark_wrong(mapping, near);
}

/* Writes the mapping ${name} below ${mapping} to ${out}. In the path for rows, ${own} replaces
 * ${name}. */
static void mapping_enter(const struct settings_mapping *mapping, struct text own, struct text name,
                          struct settings_mapping *out)
{
    const char *dot = mapping->path[0] == '\0' ? "" : ".";
    size_t path = strlen(mapping->path), shown = strlen(mapping->shown);

    *out = *mapping;
    snprintf(out->path + path, sizeof(out->path) - path, "%s%.*s", dot, TEXT_ARGS(own));
    snprintf(out->shown + shown, sizeof(out->shown) - shown, "%s%.*s", dot, TEXT_ARGS(name));
}

/* Writes the mapping of ${name} to ${out}. Returns -1 if no row is in such a mapping. */
static int mapping_open(const struct settings_mapping *mapping, struct text name,
                        struct settings_mapping *out)
{
    const struct config *config = mapping->settings->config;
    const struct settings_group *in = group_in(mapping);
    struct names names = {.count = 0};
    size_t index = mapping->index;

    if (name.len > NAME_MAX_BYTES)
        return -1;
    if (in != NULL) {
        index = settings_file_items_find(config, in->section->items, name);
        if (index == in->section->items->count(config))
            return -1;
    }
    mapping_enter(mapping, in == NULL ? name : TEXT("*"), name, out);
    out->index = index;
    names_collect(out, &names);
    return group_in(out) != NULL || names.count > 0 ? 0 : -1;
}

static const struct setting *row_find(const struct settings_mapping *mapping, struct text name)
{
    struct settings_mapping inner;

    if (name.len > NAME_MAX_BYTES || memchr(name.at, '\0', name.len) != NULL ||
        group_in(mapping) != NULL)
        return NULL;
    mapping_enter(mapping, name, name, &inner);
    return settings_find(mapping->settings, inner.path);
}

/* A path has at most five names, and only nodes whose path is in a row are read. So the recursion
 * has at most five levels. It also stops when an alias contains itself. */
static void mapping_read(const struct settings_mapping *mapping, yaml_node_t *node);

/* Marks all settings of an item that cannot be read, so that none is reported as missing. Several
 * sections may have rows for the items. */
static void item_mark_wrong(struct settings *settings, const struct settings_items *items,
                            size_t index)
{
    for (size_t i = 0; i < settings->group_count; i++) {
        const struct section *section = settings->groups[i].section;
        for (const struct setting *row = section->rows; row->path != NULL; row++)
            if (section->items == items)
                settings_mark(settings, row->path, index)->is_wrong = true;
    }
}

/* Reads an item of a list. If the item is not a mapping, that has been reported. So its settings
 * are marked as wrong, and no setting is reported as missing. */
static void item_read(const struct settings_mapping *list, struct settings_group *group,
                      size_t index, yaml_node_t *node)
{
    struct settings_mapping inner = *list;

    inner.index = index;
    snprintf(inner.path, sizeof(inner.path), "%s.*", group->section->items->path);
    snprintf(inner.shown, sizeof(inner.shown), "%s[%zu]", group->section->items->path, index);
    group->begins[index] = document_place(list->document, node);
    mapping_read(&inner, node);
    if (node->type != YAML_MAPPING_NODE && !document_is_null(node))
        item_mark_wrong(list->settings, group->section->items, index);
}

static void items_read(const struct settings_mapping *list, struct settings_group *group,
                       yaml_node_t *node)
{
    const struct settings_items *known = group->section->items;
    struct place place = document_place(list->document, node);
    bool is_list = node->type == YAML_SEQUENCE_NODE;
    const yaml_node_item_t *items = is_list ? node->data.sequence.items.start : NULL;
    size_t count = is_list ? (size_t)(node->data.sequence.items.top - items) : 0;

    if (!is_list || count > known->most) {
        mistakes_add(&list->settings->config->mistakes, &place,
                     "%s: expected a list of at most %zu %ss", known->path, known->most,
                     known->noun);
        return;
    }
    settings_make(list->settings, known, count, true);
    for (size_t i = 0; i < count && !mistakes_is_full(&list->settings->config->mistakes); i++)
        item_read(list, group, i, document_node(list->document, items[i]));
}

/* Makes the items of ${mapping}, whose names the operator has chosen. Returns 0; or -1, and then it
 * has reported what is wrong. */
static int names_read(const struct settings_mapping *mapping, struct settings_group *group,
                      const yaml_node_t *node)
{
    const struct settings_items *known = group->section->items;
    const yaml_node_pair_t *pairs = node->data.mapping.pairs.start;
    size_t count = (size_t)(node->data.mapping.pairs.top - pairs);
    struct place place = document_place(mapping->document, node);
    int result = 0;

    if (count > known->most) {
        mistakes_add(&mapping->settings->config->mistakes, &place, "%s: expected at most %zu %ss",
                     known->path, known->most, known->noun);
        return -1;
    }
    settings_make(mapping->settings, known, count, true);
    for (size_t i = 0; i < count; i++) {
        yaml_node_t *key = document_node(mapping->document, pairs[i].key);
        const char *words = known->rename(mapping->settings->config, i, document_text(key));
        group->begins[i] = document_place(mapping->document, key);
        if (words == NULL)
            continue;
        settings_file_complain(mapping, key, words);
        result = -1;
    }
    for (size_t i = 0; i < count && result != 0; i++)
        item_mark_wrong(mapping->settings, known, i);
    return result;
}

static bool is_repeated(const struct settings_mapping *mapping, const yaml_node_t *node,
                        const yaml_node_pair_t *pair)
{
    struct text name = document_text(document_node(mapping->document, pair->key));

    for (const yaml_node_pair_t *at = node->data.mapping.pairs.start; at < pair; at++)
        if (text_equal(document_text(document_node(mapping->document, at->key)), name))
            return true;
    return false;
}

/* Notes that ${row} has a mapping. */
static void note_empty(const struct settings_mapping *mapping, const struct setting *row,
                       const yaml_node_t *value)
{
    struct settings_mark *mark = settings_mark(mapping->settings, row->path, mapping->index);

    mark->is_open = true;
    mark->is_empty = value->data.mapping.pairs.top == value->data.mapping.pairs.start;
    mark->seen = document_place(mapping->document, value);
}

static void pair_read(const struct settings_mapping *mapping, const yaml_node_t *node,
                      const yaml_node_pair_t *pair)
{
    struct settings_mapping inner;
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
        settings_file_complain(mapping, key, "the name of a setting must be plain text");
    else if (row == NULL && !is_open)
        unknown(mapping, key);
    else if (is_repeated(mapping, node, pair))
        settings_file_complain(mapping, key, "it stands here twice");
    else if (is_open)
        mapping_read(&inner, value);
    else
        settings_file_value_read(mapping, row, key, value);
    if (row != NULL && is_open)
        note_empty(mapping, row, value);
}

/* Returns the group of which ${mapping} is an item with a name that the operator has chosen; NULL:
 * it is no such item. */
static struct settings_group *group_of_item(const struct settings_mapping *mapping)
{
    struct settings *settings = mapping->settings;
    size_t len = strlen(mapping->path);

    for (size_t i = 0; i < settings->group_count; i++) {
        const struct settings_items *items = settings->groups[i].section->items;
        if (items != NULL && items->rename != NULL && len == strlen(items->path) + 2 &&
            text_starts(text_of(mapping->path), text_of(items->path)))
            return &settings->groups[i];
    }
    return NULL;
}

static void not_a_mapping(const struct settings_mapping *mapping,
                          const struct settings_group *group, const yaml_node_t *node)
{
    const struct settings_group *of_item = group_of_item(mapping);
    struct place place = document_place(mapping->document, node);
    struct names names = {.count = 0};
    bool is_named = group != NULL && group->section->items->rename != NULL;
    char known[NAMES_SIZE];

    names_collect(mapping, &names);
    names_join(&names, known);
    if (is_named)
        snprintf(known, sizeof(known), "your own names, each for a %s",
                 group->section->items->noun);
    mistakes_add(&mapping->settings->config->mistakes, &place, "%s%sexpected a mapping with %s%s",
                 mapping->shown, mapping->shown[0] == '\0' ? "" : ": ",
                 is_named ? "" : "some of: ", known);
    if (of_item != NULL)
        item_mark_wrong(mapping->settings, of_item->section->items, mapping->index);
}

static void mapping_read(const struct settings_mapping *mapping, yaml_node_t *node)
{
    struct settings_group *group = group_in(mapping);

    if (document_is_null(node))
        return;
    if (group != NULL && group->section->items->name == NULL) {
        items_read(mapping, group, node);
        return;
    }
    if (node->type != YAML_MAPPING_NODE) {
        not_a_mapping(mapping, group, node);
        return;
    }
    if (group != NULL && group->section->items->rename != NULL &&
        names_read(mapping, group, node) != 0)
        return;
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    for (; pair < node->data.mapping.pairs.top &&
           !mistakes_is_full(&mapping->settings->config->mistakes);
         pair++)
        pair_read(mapping, node, pair);
}

int settings_file_read(struct settings *settings)
{
    struct document document;
    struct settings_mapping top = {.settings = settings, .document = &document};

    document_load(&document, settings->config->file, &settings->config->mistakes);
    if (document.root != NULL) {
        settings_file_items_add(settings, &document);
        mapping_read(&top, document.root);
    }
    bool is_loaded = document.is_loaded;
    snprintf(settings->config->file_sha256, sizeof(settings->config->file_sha256), "%s",
             document.sha256);
    document_free(&document);
    return is_loaded ? 0 : -1;
}
