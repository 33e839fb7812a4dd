/* See file.h. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "bff/base/file.h"

ssize_t file_read(const char *file, char *bytes, size_t most)
{
    size_t len = 0;
    ssize_t got = 1;
    int fd = open(file, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -1;
    while (got > 0 && len <= most) {
        got = read(fd, bytes + len, most + 1 - len);
        if (got > 0)
            len += (size_t)got;
        else if (got < 0 && errno == EINTR)
            got = 1;
    }
    int error = errno;
    close(fd);
    errno = error;
    return got < 0 ? -1 : (ssize_t)len;
}
