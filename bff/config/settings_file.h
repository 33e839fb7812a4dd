/* Reads the configuration file: walks through its tree and finds the row of each setting. */
#ifndef BFF_CONFIG_SETTINGS_FILE_H
#define BFF_CONFIG_SETTINGS_FILE_H

#include "bff/config/settings.h"

/* Sets all settings of the file config->file. Adds what is wrong to config->mistakes. Returns 0, or
 * -1 if the file could not be read as a whole, so that its contents are not known. */
int settings_file_read(struct settings *settings);

#endif
