/*
 * What other programs may read in a path. This server splits a path at '/' and decodes it once. A
 * service, or something in front of it, may decode once more, take '\' for '/', or cut a segment at
 * ';'. Then "..%2f", "..\" and "..;/" lead to the parent folder, and so out of the route whose
 * access rule the request has passed.
 */
#ifndef BFF_BASE_PATH_READING_H
#define BFF_BASE_PATH_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

struct path_reading {
    /* Some reader finds a segment "." or "..". A segment counts as one when nothing but white space
     * or control bytes is before the dots, and the end, such a byte, ';', '?' or '#' follows. */
    bool has_dots;

    size_t separators; /* all that some reader finds: '/' and '\' */
};

/*
 * Reads ${text}, a path or a part of one, as the most lenient of all readers. The reader decodes
 * until there is nothing left to decode. They read UTF-8 of more bytes than needed ("%C0%AE"), and
 * characters that compatibility normalization turns into ASCII (full-width U+FF0E), as ASCII.
 * ${pool} is only used for a text that has something to decode.
 */
struct path_reading path_reading_of(struct pool *pool, struct text text);

/*
 * Returns ${path} as the most lenient reader reads it: everything is decoded as above, '\\' is '/',
 * the path ends at '?' or '#', and a segment at ';', white space or a control byte. Empty segments
 * and "." are dropped, and ".." drops the segment before it. So the result has no '/' at its end:
 * "/api/auth/login", and "" for the root. The case of letters does not change. Rules that count or
 * forbid compare this path, because some service may read the client's path so.
 */
struct text path_reading_lenient(struct pool *pool, struct text path);

#endif
