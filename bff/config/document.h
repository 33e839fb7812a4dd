/* A YAML file as libyaml's tree, in which every node keeps its line and column. */
#ifndef BFF_CONFIG_DOCUMENT_H
#define BFF_CONFIG_DOCUMENT_H

#include <stdbool.h>

#include <yaml.h>

#include "bff/config/mistakes.h"
#include "bff/base/text.h"

#define DOCUMENT_MAX ((size_t)1 << 20) /* bytes of a file */
#define DOCUMENT_DEPTH_MAX 32          /* lists and mappings in each other */

/* All zero: an empty one. */
struct document {
    const char *file; /* borrowed */
    yaml_document_t tree;
    yaml_node_t *root; /* NULL: nothing is in it */
    bool is_loaded;
};

/* Reads ${file}. What is wrong goes to ${mistakes}; the document is then empty. */
void document_load(struct document *document, const char *file, struct mistakes *mistakes);

yaml_node_t *document_node(struct document *document, int index);

/* Where ${node} begins. */
struct place document_place(const struct document *document, const yaml_node_t *node);

/* A scalar's text; absent for other nodes. */
struct text document_text(const yaml_node_t *node);

/* "null", "~" or nothing at all. */
bool document_is_null(const yaml_node_t *node);

void document_free(struct document *document);

#endif
