/*
 * A strict reader of chunked bodies (RFC 9112 section 7.1). A size consists of hexadecimal digits
 * only, 16 at most, up to the end of the line or to an extension: a ';', with white space before it
 * or not. Every line ends with CRLF. A chunk is exactly as long as its size says. A trailer is a
 * field with a name.
 *
 * We do not use libh2o's decoder, for two reasons. First, it reads "0x7" as 0 and "7xyz" as 7, but
 * another server may read the same bytes differently. Second, it moves bytes that need not move.
 */
#ifndef BFF_HTTP_CHUNKS_H
#define BFF_HTTP_CHUNKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

/* The maximum number of bytes of all extensions and trailers in one body. Extensions and trailers
 * are ignored. */
#define CHUNKS_EXTRA_MAX (16 * 1024)

struct chunks {
    uint8_t state;
    uint8_t digits;  /* number of digits of the size so far */
    uint64_t left;   /* bytes left of the current chunk */
    uint32_t extras; /* bytes of extensions and trailers so far */

    /* White space may end the line of a size, and a trailer needs no name. Some services send that;
     * a client that does so may want to be read in two ways. The user sets it. */
    bool is_lenient;
};

enum chunks_step {
    CHUNKS_MORE,  /* all bytes have been used, and the body continues */
    CHUNKS_PIECE, /* *piece is a part of the body; the remaining bytes may have more of it */
    CHUNKS_END,   /* the body is complete; the remaining bytes are not part of it */
    CHUNKS_BAD,
};

/*
 * Removes bytes from the front of ${*bytes}, up to the end of the next piece of the body. The piece
 * lies among these bytes. A body begins with a struct chunks that is all zero, except for
 * is_lenient. After CHUNKS_END or CHUNKS_BAD this must not be called again.
 */
enum chunks_step chunks_next(struct chunks *chunks, struct text *bytes, struct text *piece);

#endif
