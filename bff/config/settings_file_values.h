/* The values of one mapping of the file: scalars, lists, and mappings of names and values. A part
 * of settings_file.c. */
#ifndef BFF_CONFIG_SETTINGS_FILE_VALUES_H
#define BFF_CONFIG_SETTINGS_FILE_VALUES_H

#include "bff/yaml/document.h"
#include "bff/config/settings.h"

#define SETTINGS_MAPPING_PATH 128

/* A mapping that is read now, and its place in the tree. */
struct settings_mapping {
    struct settings *settings;
    struct document *document;
    char path[SETTINGS_MAPPING_PATH];  /* as rows have it: "services.*.timeout", "" at the top */
    char shown[SETTINGS_MAPPING_PATH]; /* for messages, with the name or number of the item */
    size_t index;                      /* of the item */
};

/* Reports a mistake at the place of ${key}, with its path. */
void settings_file_complain(const struct settings_mapping *mapping, const yaml_node_t *key,
                            const char *words);

/* Reads ${node}, the value of ${key} in ${mapping}, into the setting of ${row}. */
void settings_file_value_read(const struct settings_mapping *mapping, const struct setting *row,
                              const yaml_node_t *key, yaml_node_t *node);

/* Returns the value of ${key} as a string, which the caller frees with memory_free. If ${node} is
 * not a scalar, reports that and returns NULL. */
char *settings_file_scalar_read(const struct settings_mapping *mapping, const yaml_node_t *key,
                                const yaml_node_t *node);

/* Adds ${string} to ${values}, which own it now. It has no row. */
void settings_file_value_add(struct settings_values *values, char *string, struct place place);

/* True when ${node} means that the setting of ${row} keeps its default: null, or a variable that is
 * not set. */
bool settings_file_is_left_out(const struct setting *row, const yaml_node_t *node);

#endif
