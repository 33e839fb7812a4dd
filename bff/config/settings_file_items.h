/* Items of sections that have names. For settings_file.c only. */
#ifndef BFF_CONFIG_SETTINGS_FILE_ITEMS_H
#define BFF_CONFIG_SETTINGS_FILE_ITEMS_H

#include "bff/yaml/document.h"
#include "bff/config/settings.h"

/* Returns the index of the item ${name}; the number of items if there is none. */
size_t settings_file_items_find(const struct config *config, const struct settings_items *items,
                                struct text name);

/* Adds the items that only the file names (settings_items.add), before any setting is read, because
 * other settings may name them. A name that cannot be one is not added. */
void settings_file_items_add(struct settings *settings, struct document *document);

#endif
