/* A YAML file as libyaml's tree. Every node keeps its line and column. */
#ifndef BFF_YAML_DOCUMENT_H
#define BFF_YAML_DOCUMENT_H

#include <stdbool.h>

#include <yaml.h>

#include "bff/yaml/mistakes.h"
#include "bff/base/text.h"

#define DOCUMENT_MAX ((size_t)1 << 20) /* the most bytes of a file */
#define DOCUMENT_SHA256_SIZE 65        /* 64 hexadecimal digits, and a NUL */
#define DOCUMENT_DEPTH_MAX 32          /* the most nested levels of lists and mappings */

/* A document that is all zero is empty. */
struct document {
    const char *file; /* borrowed */
    yaml_document_t tree;
    yaml_node_t *root; /* NULL: the file is empty or invalid */
    bool is_loaded;
    char sha256[DOCUMENT_SHA256_SIZE]; /* of the file's bytes; empty: it cannot be read */
};

/* Reads ${file}, whose name is borrowed. If the file is invalid, adds the reasons to ${mistakes},
 * and ${document} is empty. */
void document_load(struct document *document, const char *file, struct mistakes *mistakes);

/* Does the same with ${bytes}, which are not used after the call. ${name} stands in places. There
 * is no hash. */
void document_read(struct document *document, const char *name, struct text bytes,
                   struct mistakes *mistakes);

yaml_node_t *document_node(struct document *document, int index);

/* Returns the place where ${node} begins. */
struct place document_place(const struct document *document, const yaml_node_t *node);

/* Returns the text of a scalar, valid until document_free; absent for other nodes. */
struct text document_text(const yaml_node_t *node);

/* True for "null", "~" and an empty value without quotes. */
bool document_is_null(const yaml_node_t *node);

void document_free(struct document *document);

#endif
