/* See settings_file_values_json.h. */
#include "bff/base/memory.h"
#include "bff/json/json_print.h"

#include "bff/config/settings_file_values_json.h"

struct writer {
    const struct settings_mapping *mapping;
    const yaml_node_t *key;
    struct json_print print;
    unsigned depth;
    bool is_wrong;
};

static void write_value(struct writer *writer, yaml_node_t *node);

static void mistake(struct writer *writer, const char *words)
{
    if (!writer->is_wrong)
        settings_file_complain(writer->mapping, writer->key, words);
    writer->is_wrong = true;
}

static bool is_literal(const yaml_node_t *node, struct text text)
{
    return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && text.len > 0 &&
           text.at[0] != '"' && json_scan_accepts(text.at, text.len, 0);
}

static void write_scalar(struct writer *writer, const yaml_node_t *node)
{
    char *string;

    if (document_is_null(node)) {
        json_print_null(&writer->print);
        return;
    }
    string = settings_file_scalar_read(writer->mapping, writer->key, node);
    if (string == NULL)
        writer->is_wrong = true;
    else if (is_literal(node, text_of(string)))
        json_print_raw(&writer->print, text_of(string));
    else if (text_is_utf8(text_of(string)))
        json_print_string(&writer->print, text_of(string));
    else
        mistake(writer, "a text must be UTF-8");
    memory_free(string);
}

static void write_list(struct writer *writer, const yaml_node_t *node)
{
    const yaml_node_item_t *at = node->data.sequence.items.start;

    json_print_raw(&writer->print, TEXT("["));
    for (; at < node->data.sequence.items.top && !writer->is_wrong; at++) {
        if (at > node->data.sequence.items.start)
            json_print_raw(&writer->print, TEXT(","));
        write_value(writer, document_node(writer->mapping->document, *at));
    }
    json_print_raw(&writer->print, TEXT("]"));
}

static void write_name(struct writer *writer, const yaml_node_t *name)
{
    struct text text = document_text(name);

    if (text.at == NULL)
        mistake(writer, "a name must be plain text");
    else
        json_print_string(&writer->print, text);
    json_print_raw(&writer->print, TEXT(":"));
}

static void write_mapping(struct writer *writer, const yaml_node_t *node)
{
    const yaml_node_pair_t *at = node->data.mapping.pairs.start;

    json_print_raw(&writer->print, TEXT("{"));
    for (; at < node->data.mapping.pairs.top && !writer->is_wrong; at++) {
        if (at > node->data.mapping.pairs.start)
            json_print_raw(&writer->print, TEXT(","));
        write_name(writer, document_node(writer->mapping->document, at->key));
        write_value(writer, document_node(writer->mapping->document, at->value));
    }
    json_print_raw(&writer->print, TEXT("}"));
}

/* An alias may contain itself, and aliases may make a short file long. */
static void write_value(struct writer *writer, yaml_node_t *node)
{
    if (++writer->depth > DOCUMENT_DEPTH_MAX)
        mistake(writer, "it is nested too deeply");
    else if (json_print_text(&writer->print).len > SETTINGS_FILE_JSON_MAX)
        mistake(writer, "it is too long");
    else if (node->type == YAML_SEQUENCE_NODE)
        write_list(writer, node);
    else if (node->type == YAML_MAPPING_NODE)
        write_mapping(writer, node);
    else
        write_scalar(writer, node);
    writer->depth--;
}

char *settings_file_json_read(const struct settings_mapping *mapping, const yaml_node_t *key,
                              yaml_node_t *node)
{
    struct pool *pool = pool_new();
    struct writer writer = {.mapping = mapping, .key = key};
    char *string = NULL;

    json_print_init(&writer.print, pool);
    write_value(&writer, node);
    if (!writer.is_wrong) {
        json_print_raw(&writer.print, (struct text){"", 1});
        string = memory_string(json_print_text(&writer.print).at);
    }
    pool_free(pool);
    return string;
}
