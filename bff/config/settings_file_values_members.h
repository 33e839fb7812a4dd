/* Items of a list that are mappings: "{ url: http://a, weight: 2 }". A part of
 * settings_file_values.c. */
#ifndef BFF_CONFIG_SETTINGS_FILE_VALUES_MEMBERS_H
#define BFF_CONFIG_SETTINGS_FILE_VALUES_MEMBERS_H

#include "bff/config/settings_file_values.h"

/* An item of the list that is the value of ${key}. */
struct settings_file_item {
    const yaml_node_t *key;
    yaml_node_t *node;
    size_t number; /* of the item in the list */
};

/* Adds the texts of ${item}, a mapping, to ${values}. The rows of its members are
 * ${row}->kind->members. Returns 0. If the item is wrong, reports that, adds nothing and returns
 * -1. */
int settings_file_members_read(const struct settings_mapping *mapping, const struct setting *row,
                               const struct settings_file_item *item,
                               struct settings_values *values);

#endif
