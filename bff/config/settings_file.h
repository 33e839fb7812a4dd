/* The configuration file: walks its tree along the table of settings. */
#ifndef BFF_CONFIG_SETTINGS_FILE_H
#define BFF_CONFIG_SETTINGS_FILE_H

#include "bff/config/settings.h"

/* Sets what the file config->file says; what is wrong goes to config->mistakes. Returns -1 when it
 * could not be read as a whole, so that nothing is known of what it says. */
int config_file_read(struct settings *settings);

#endif
