/* See settings_file_values_members.h. */
#include <stdio.h>

#include "bff/base/memory.h"
#include "bff/yaml/names.h"
#include "bff/yaml/suggest_words.h"

#include "bff/config/settings_file_values_members.h"

/* The last name of the row's path. */
static const char *name_of(const struct setting *row) { return strrchr(row->path, '.') + 1; }

static const struct setting *row_find(const struct setting *rows, struct text name)
{
    while (rows->path != NULL && !text_is(name, name_of(rows)))
        rows++;
    return rows->path == NULL ? NULL : rows;
}

static void unknown(const struct settings_mapping *inner, const struct setting *rows,
                    const yaml_node_t *name)
{
    struct names names = {.count = 0};
    char words[SUGGEST_WORDS_SIZE];

    for (; rows->path != NULL; rows++)
        names_add(&names, text_of(name_of(rows)));
    suggest_words("setting", document_text(name), &names, words);
    settings_file_complain(inner, name, words);
}

static bool is_repeated(const struct settings_values *values, size_t begin,
                        const struct setting *row)
{
    for (size_t i = begin; i < values->count; i++)
        if (values->rows[i] == row)
            return true;
    return false;
}

/* Adds a member to the item whose texts begin at ${begin}. Returns 0, or -1 if it is wrong. */
static int member_read(const struct settings_mapping *inner, const struct setting *rows,
                       const yaml_node_pair_t *pair, size_t begin, struct settings_values *values)
{
    yaml_node_t *name = document_node(inner->document, pair->key);
    yaml_node_t *value = document_node(inner->document, pair->value);
    struct text text = document_text(name);
    const struct setting *row = text.at == NULL ? NULL : row_find(rows, text);

    if (text.at == NULL)
        settings_file_complain(inner, name, "the name of a setting must be plain text");
    else if (row == NULL)
        unknown(inner, rows, name);
    else if (is_repeated(values, begin, row))
        settings_file_complain(inner, name, "it stands here twice");
    else if (settings_file_is_left_out(row, value))
        return 0;
    else {
        char *string = settings_file_scalar_read(inner, name, value);
        if (string == NULL)
            return -1;
        settings_file_value_add(values, string, document_place(inner->document, value));
        values->rows[values->count - 1] = row;
        return 0;
    }
    return -1;
}

int settings_file_members_read(const struct settings_mapping *mapping, const struct setting *row,
                               const struct settings_file_item *item,
                               struct settings_values *values)
{
    struct settings_mapping inner = *mapping;
    size_t begin = values->count, shown = strlen(inner.shown);
    const yaml_node_pair_t *pair = item->node->data.mapping.pairs.start;
    int result = 0;

    snprintf(inner.shown + shown, sizeof(inner.shown) - shown, "%s%.*s[%zu]", shown > 0 ? "." : "",
             TEXT_ARGS(document_text(item->key)), item->number);
    settings_file_value_add(values, memory_string(""),
                            document_place(mapping->document, item->node));
    values->rows[begin] = &settings_item_begin;
    for (; pair < item->node->data.mapping.pairs.top; pair++)
        if (member_read(&inner, row->kind->members, pair, begin, values) != 0)
            result = -1;
    for (size_t i = begin; i < values->count; i++)
        values->items[i] = item->number;
    while (result != 0 && values->count > begin)
        memory_free((char *)values->texts[--values->count]);
    return result;
}
