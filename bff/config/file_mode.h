/* Files with secrets that others may read. */
#ifndef BFF_CONFIG_FILE_MODE_H
#define BFF_CONFIG_FILE_MODE_H

#include "bff/config/settings.h"

/* Warns when every user of the machine may read ${file} (or write it), which the setting ${path} of
 * item ${index} names. A file that does not exist is no reason to warn. */
void file_mode_check(struct settings *settings, const char *path, size_t index, const char *file);

#endif
