/* Files. The calls block, so they are only for the start of the process and for its first thread.
 */
#ifndef BFF_BASE_FILE_H
#define BFF_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Reads ${file} from its beginning to its end into ${bytes}, which has room for ${most} + 1 bytes.
 * Returns the number of bytes. ${most} + 1 means that the file has more than ${most} bytes; the
 * rest of the file is not read. Returns -1 and sets errno if the file cannot be opened or read.
 */
ssize_t file_read(const char *file, char *bytes, size_t most);

/* The same for a name that a worker reads: it does not wait for a pipe or a device. Such a name is
 * no regular file, and the call returns -1 with errno EINVAL. */
ssize_t file_read_regular(const char *file, char *bytes, size_t most);

/* What a file is at one time. Two marks of a name differ when another file has taken the name (also
 * behind a symbolic link), or when the file was written. */
struct file_mark {
    uint64_t device, inode, size;
    int64_t written_ns, changed_ns;
    int error; /* errno: there is no such file, and the other members are 0 */
};

struct file_mark file_mark_of(const char *file);
bool file_mark_equal(const struct file_mark *a, const struct file_mark *b);

#endif
