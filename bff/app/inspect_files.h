/*
 * The web files of bff/inspect/, which the program has inside. bff/inspect/embed.cmake makes the
 * table when the program is built.
 */
#ifndef BFF_APP_INSPECT_FILES_H
#define BFF_APP_INSPECT_FILES_H

#include <stddef.h>

#include "bff/base/text.h"

/*
 *   name   "index.html": its path is /__bff/ and this name; index.html is /__bff/ itself, too
 *   etag   with its quotes
 *   bytes  the file, which is not empty
 *   len    how many bytes it has
 */
struct inspect_file {
    const char *name;
    const char *etag;
    const char *bytes;
    size_t len;
};

/* The files; a row whose name is NULL ends them. */
extern const struct inspect_file inspect_files[];

/* Returns the file ${name}; an empty name is index.html. NULL: there is none. */
const struct inspect_file *inspect_files_find(struct text name);

/* Returns the value of Content-Type for ${file}. */
const char *inspect_files_type(const struct inspect_file *file);

#endif
