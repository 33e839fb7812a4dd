/* The configuration file: its tree is walked along the rows of the sections. */
#ifndef BFF_CONFIG_SETTINGS_FILE_H
#define BFF_CONFIG_SETTINGS_FILE_H

#include "bff/config/settings.h"

/* Sets what the file config->file says. What is wrong goes to config->mistakes. Returns -1 when the
 * file could not be read as a whole, so that its contents are not known. */
int settings_file_read(struct settings *settings);

#endif
