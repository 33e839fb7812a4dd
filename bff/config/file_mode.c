/* See file_mode.h. */
#include <sys/stat.h>

#include "bff/config/file_mode.h"

void file_mode_check(struct settings *settings, const char *path, size_t index, const char *file)
{
    struct stat status;

    if (stat(file, &status) != 0 || !S_ISREG(status.st_mode))
        return;
    unsigned mode = status.st_mode & 0777;
    if ((mode & (S_IROTH | S_IWOTH)) != 0)
        settings_warn(settings, path, index,
                      "every user of this machine may %s \"%.200s\" (mode %04o); chmod 0600 it",
                      (mode & S_IWOTH) != 0 ? "change" : "read", file, mode);
}
