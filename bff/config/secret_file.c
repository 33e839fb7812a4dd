/* See secret_file.h. */
#include <errno.h>

#include "bff/base/file.h"
#include "bff/config/file_mode.h"

#include "bff/config/secret_file.h"

#define SECRET_MAX ((size_t)8192) /* the most bytes of the file */

struct text secret_file_read(struct settings *settings, const char *path, size_t index,
                             const char *file)
{
    char *bytes = pool_take(settings->config->pool, SECRET_MAX + 1);
    ssize_t len = file_read(file, bytes, SECRET_MAX);
    struct text secret = text_bare_line((struct text){bytes, len < 0 ? 0 : (size_t)len});

    if (len < 0)
        settings_complain(settings, path, index, "\"%.200s\" cannot be read: %s", file,
                          strerror(errno));
    else if ((size_t)len > SECRET_MAX)
        settings_complain(settings, path, index, "\"%.200s\" is larger than 8 KiB", file);
    else if (secret.len == 0)
        settings_complain(settings, path, index, "\"%.200s\" is empty", file);
    if (len >= 0)
        file_mode_check(settings, path, index, file);
    if (len <= 0 || (size_t)len > SECRET_MAX || secret.len == 0)
        return (struct text){0};
    return secret;
}
