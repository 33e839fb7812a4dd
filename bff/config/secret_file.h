/* Files with a secret. */
#ifndef BFF_CONFIG_SECRET_FILE_H
#define BFF_CONFIG_SECRET_FILE_H

#include "bff/config/settings.h"

/* Reads the secret in ${file}, which the setting ${path} of item ${index} names. Returns the
 * secret, in the configuration's pool; absent when it cannot be read, which has been reported.
 * Warns when every user of the machine may read the file. No message shows the secret. */
struct text secret_file_read(struct settings *settings, const char *path, size_t index,
                             const char *file);

#endif
