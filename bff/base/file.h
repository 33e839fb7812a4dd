/* Reads a whole file. The call blocks, so it is only for the start of the process and reloads. */
#ifndef BFF_BASE_FILE_H
#define BFF_BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Reads ${file} from its beginning to its end into ${bytes}, which has room for ${most} + 1 bytes.
 * Returns the number of bytes. ${most} + 1 means that the file has more than ${most} bytes; the
 * rest of the file is not read. Returns -1 and sets errno if the file cannot be opened or read.
 */
ssize_t file_read(const char *file, char *bytes, size_t most);

#endif
