/* See file.h. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bff/base/file.h"

static ssize_t read_and_close(int fd, char *bytes, size_t most)
{
    size_t len = 0;
    ssize_t got = 1;

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

ssize_t file_read(const char *file, char *bytes, size_t most)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);

    return fd < 0 ? -1 : read_and_close(fd, bytes, most);
}

ssize_t file_read_regular(const char *file, char *bytes, size_t most)
{
    /* Without O_NONBLOCK, open waits until somebody writes to a pipe. */
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat is;

    if (fd < 0)
        return -1;
    if (fstat(fd, &is) == 0 && S_ISREG(is.st_mode))
        return read_and_close(fd, bytes, most);
    close(fd);
    errno = EINVAL;
    return -1;
}

static int64_t ns_of(const struct timespec *time)
{
    return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

struct file_mark file_mark_of(const char *file)
{
    struct stat is;

    if (stat(file, &is) != 0)
        return (struct file_mark){.error = errno};
    return (struct file_mark){
        .device = is.st_dev,
        .inode = is.st_ino,
        .size = (uint64_t)is.st_size,
        .written_ns = ns_of(&is.st_mtim),
        .changed_ns = ns_of(&is.st_ctim),
    };
}

bool file_mark_equal(const struct file_mark *a, const struct file_mark *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->written_ns == b->written_ns && a->changed_ns == b->changed_ns && a->error == b->error;
}
