/* See yaml_json.h. */
#include "bff/json/json_print.h"

#include "bff/yaml/yaml_json.h"

struct writer {
    struct document *document;
    const struct yaml_json *how;
    struct yaml_json_mistake *mistake;
    struct json_print print;
    size_t line; /* of what is printed next */
    unsigned depth;
    bool is_wrong;
};

static void write_value(struct writer *writer, yaml_node_t *node);

static void set_wrong(struct writer *writer, const yaml_node_t *node, const char *words)
{
    if (!writer->is_wrong)
        *writer->mistake = (struct yaml_json_mistake){words, node};
    writer->is_wrong = true;
}

static void go_to_line(struct writer *writer, const yaml_node_t *node)
{
    for (; writer->how->keeps_lines && writer->line < node->start_mark.line + 1; writer->line++)
        json_print_raw(&writer->print, TEXT("\n"));
}

static bool is_literal(const yaml_node_t *node, struct text text)
{
    return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && text.len > 0 &&
           text.at[0] != '"' && json_scan_accepts(text.at, text.len, 0);
}

static void write_scalar(struct writer *writer, const yaml_node_t *node)
{
    struct text text;

    if (document_is_null(node)) {
        json_print_null(&writer->print);
        return;
    }
    text = writer->how->scalar == NULL
               ? document_text(node)
               : writer->how->scalar(writer->how->cookie, node, writer->print.pool);
    if (text.at == NULL)
        set_wrong(writer, node, NULL);
    else if (is_literal(node, text))
        json_print_raw(&writer->print, text);
    else if (text_is_utf8(text))
        json_print_string(&writer->print, text);
    else
        set_wrong(writer, node, "a text must be UTF-8");
}

static void write_list(struct writer *writer, const yaml_node_t *node)
{
    const yaml_node_item_t *at = node->data.sequence.items.start;

    json_print_raw(&writer->print, TEXT("["));
    for (; at < node->data.sequence.items.top && !writer->is_wrong; at++) {
        if (at > node->data.sequence.items.start)
            json_print_raw(&writer->print, TEXT(","));
        write_value(writer, document_node(writer->document, *at));
    }
    json_print_raw(&writer->print, TEXT("]"));
}

static void write_name(struct writer *writer, const yaml_node_t *name)
{
    struct text text = document_text(name);

    go_to_line(writer, name);
    if (text.at == NULL || !text_is_utf8(text))
        set_wrong(writer, name, "a name must be plain text");
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
        write_name(writer, document_node(writer->document, at->key));
        write_value(writer, document_node(writer->document, at->value));
    }
    json_print_raw(&writer->print, TEXT("}"));
}

/* An alias may contain itself, and aliases may make a short file long. */
static void write_value(struct writer *writer, yaml_node_t *node)
{
    go_to_line(writer, node);
    if (++writer->depth > DOCUMENT_DEPTH_MAX)
        set_wrong(writer, node, "it is nested too deeply");
    else if (json_print_text(&writer->print).len > writer->how->most)
        set_wrong(writer, node, "it is too long");
    else if (node->type == YAML_SEQUENCE_NODE)
        write_list(writer, node);
    else if (node->type == YAML_MAPPING_NODE)
        write_mapping(writer, node);
    else
        write_scalar(writer, node);
    writer->depth--;
}

struct text yaml_json_print(struct document *document, yaml_node_t *node,
                            const struct yaml_json *how, struct pool *pool,
                            struct yaml_json_mistake *mistake)
{
    struct writer writer = {.document = document, .how = how, .mistake = mistake, .line = 1};

    json_print_init(&writer.print, pool);
    write_value(&writer, node);
    if (writer.is_wrong)
        return (struct text){0};
    json_print_raw(&writer.print, (struct text){"", 1});
    struct text all = json_print_text(&writer.print);
    return (struct text){all.at, all.len - 1};
}

size_t yaml_json_line(struct text json, const char *at)
{
    size_t line = 1;

    for (const char *byte = json.at; byte < at && byte < json.at + json.len; byte++)
        line += *byte == '\n';
    return line;
}
