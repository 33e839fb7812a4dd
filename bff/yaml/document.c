/* See document.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/file.h"
#include "bff/base/memory.h"
#include "bff/base/sha256.h"

#include "bff/yaml/document.h"

/* Returns the line and the column of ${offset}. libyaml reports only an offset for bytes that its
 * reader refuses. */
static struct place place_at(const char *file, struct text bytes, size_t offset)
{
    struct place place = {.source = file, .line = 1, .column = 1};

    for (size_t i = 0; i < offset && i < bytes.len; i++) {
        place.column++;
        if (bytes.at[i] == '\n') {
            place.line++;
            place.column = 1;
        }
    }
    return place;
}

static struct place place_of_mark(const char *file, const yaml_mark_t *mark)
{
    return (struct place){.source = file, .line = mark->line + 1, .column = mark->column + 1};
}

static bool is_tab_at(struct text bytes, const yaml_mark_t *mark)
{
    struct text rest = bytes, line = text_cut(&rest, '\n');

    for (size_t i = 0; i < mark->line; i++)
        line = text_cut(&rest, '\n');
    return mark->column < line.len && line.at[mark->column] == '\t';
}

static void not_yaml(const yaml_parser_t *parser, const char *file, struct text bytes,
                     struct mistakes *mistakes)
{
    struct place place = parser->error == YAML_READER_ERROR
                             ? place_at(file, bytes, parser->problem_offset)
                             : place_of_mark(file, &parser->problem_mark);
    const char *context = parser->context, *problem = parser->problem;

    if (parser->error != YAML_READER_ERROR && is_tab_at(bytes, &parser->problem_mark)) {
        mistakes_add(mistakes, &place, "this is not YAML: a tab; indent with spaces");
        return;
    }

    mistakes_add(mistakes, &place, "this is not YAML: %s%s%s",
                 problem == NULL ? "unreadable" : problem, context == NULL ? "" : " ",
                 context == NULL ? "" : context);
}

static void parser_begin(yaml_parser_t *parser, struct text bytes)
{
    must(yaml_parser_initialize(parser));
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(parser, (const unsigned char *)bytes.at, bytes.len);
}

/* Two properties of a file that we limit, but that YAML does not limit. */
struct shape {
    unsigned depth;
    unsigned documents;
};

static const char *shape_follow(struct shape *shape, yaml_event_type_t event)
{
    if (event == YAML_SEQUENCE_START_EVENT || event == YAML_MAPPING_START_EVENT)
        shape->depth++;
    else if (event == YAML_SEQUENCE_END_EVENT || event == YAML_MAPPING_END_EVENT)
        shape->depth--;
    else if (event == YAML_DOCUMENT_START_EVENT)
        shape->documents++;
    if (shape->depth > DOCUMENT_DEPTH_MAX)
        return "nested deeper than 32 lists and mappings";
    return shape->documents > 1 ? "a second document begins; expected one only" : NULL;
}

/*
 * Checks the events of the file before libyaml makes a tree. To make a tree, libyaml needs a time
 * that grows with the square of the nesting depth. So a file that is nested too deeply must be
 * refused before.
 */
static int shape_check(const char *file, struct text bytes, struct mistakes *mistakes)
{
    yaml_parser_t parser;
    yaml_event_t event;
    struct shape shape = {0};
    const char *wrong = NULL;
    bool is_over = false;

    parser_begin(&parser, bytes);
    while (wrong == NULL && !is_over) {
        if (!yaml_parser_parse(&parser, &event)) {
            not_yaml(&parser, file, bytes, mistakes);
            break;
        }
        wrong = shape_follow(&shape, event.type);
        if (wrong != NULL) {
            struct place place = place_of_mark(file, &event.start_mark);
            mistakes_add(mistakes, &place, "%s", wrong);
        }
        is_over = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return is_over ? 0 : -1;
}

static void document_parse(struct document *document, struct text bytes, struct mistakes *mistakes)
{
    yaml_parser_t parser;

    if (shape_check(document->file, bytes, mistakes) != 0)
        return;
    parser_begin(&parser, bytes);
    document->is_loaded = yaml_parser_load(&parser, &document->tree) == 1;
    if (document->is_loaded)
        document->root = yaml_document_get_root_node(&document->tree);
    else
        not_yaml(&parser, document->file, bytes, mistakes); /* an alias without an anchor */
    yaml_parser_delete(&parser);
}

static void hash_print(struct text bytes, char out[DOCUMENT_SHA256_SIZE])
{
    unsigned char hash[SHA256_BYTES];

    sha256_of(bytes, hash);
    text_hex(out, hash, sizeof(hash));
    out[2 * sizeof(hash)] = '\0';
}

void document_read(struct document *document, const char *name, struct text bytes,
                   struct mistakes *mistakes)
{
    struct place place = {.source = name};

    *document = (struct document){.file = name};
    if (bytes.len > DOCUMENT_MAX)
        mistakes_add(mistakes, &place, "is larger than 1 MiB");
    else
        document_parse(document, text_skip_mark(bytes), mistakes);
}

void document_load(struct document *document, const char *file, struct mistakes *mistakes)
{
    char *memory = memory_new(DOCUMENT_MAX + 1);
    struct place place = {.source = file};
    ssize_t len = file_read(file, memory, DOCUMENT_MAX);

    *document = (struct document){.file = file};
    if (len < 0) {
        mistakes_add(mistakes, &place, "cannot be read: %s", strerror(errno));
    } else if ((size_t)len > DOCUMENT_MAX) {
        mistakes_add(mistakes, &place, "is larger than 1 MiB");
    } else {
        hash_print((struct text){memory, (size_t)len}, document->sha256);
        document_parse(document, text_skip_mark((struct text){memory, (size_t)len}), mistakes);
    }
    memory_free(memory);
}

yaml_node_t *document_node(struct document *document, int index)
{
    yaml_node_t *node = yaml_document_get_node(&document->tree, index);

    must(node != NULL);
    return node;
}

struct place document_place(const struct document *document, const yaml_node_t *node)
{
    return place_of_mark(document->file, &node->start_mark);
}

struct text document_text(const yaml_node_t *node)
{
    if (node->type != YAML_SCALAR_NODE)
        return (struct text){0};
    return (struct text){(const char *)node->data.scalar.value, node->data.scalar.length};
}

bool document_is_null(const yaml_node_t *node)
{
    struct text text = document_text(node);

    return text.at != NULL && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (text.len == 0 || text_is(text, "~") || text_is(text, "null"));
}

void document_free(struct document *document)
{
    if (document->is_loaded)
        yaml_document_delete(&document->tree);
    *document = (struct document){0};
}
