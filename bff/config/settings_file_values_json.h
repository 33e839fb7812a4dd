/* A value of the file as JSON. A part of settings_file_values.c. */
#ifndef BFF_CONFIG_SETTINGS_FILE_VALUES_JSON_H
#define BFF_CONFIG_SETTINGS_FILE_VALUES_JSON_H

#include "bff/config/settings_file_values.h"

#define SETTINGS_FILE_JSON_MAX ((size_t)64 * 1024) /* bytes */

/*
 * Returns ${node}, the value of ${key}, as JSON, which the caller frees with memory_free. A scalar
 * without quotes is a number, true, false or null when it is written as JSON writes them ("~" and
 * nothing are null, too); every other scalar is a text. If the value is too long, or too deep, or
 * has a name that is no scalar, reports that and returns NULL.
 */
char *settings_file_json_read(const struct settings_mapping *mapping, const yaml_node_t *key,
                              yaml_node_t *node);

#endif
