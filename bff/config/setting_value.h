/* From the text of a setting to the member that it sets, by the row's type. */
#ifndef BFF_CONFIG_SETTING_VALUE_H
#define BFF_CONFIG_SETTING_VALUE_H

#include "bff/config/settings.h"

/* What is wrong with a value, and what one has to know to say so. */
struct setting_wrong {
    const struct config *config;
    const struct place *place;
    char words[512];
};

/* Returns 0, or -1 with wrong->words written: the value and what was expected. */
int setting_value_check(const struct setting *row, const char *text, struct setting_wrong *wrong);

/*
 * Sets the member in ${owner} (${config}, or one of its services or routes) from values that have
 * passed the check; what it held is freed.
 */
void setting_value_set(const struct setting *row, struct config *config, void *owner,
                       const struct settings_values *values);

bool setting_value_is_many(const struct setting *row);    /* a list or a mapping */
bool setting_value_is_mapping(const struct setting *row); /* each value is "name: value" */

#endif
