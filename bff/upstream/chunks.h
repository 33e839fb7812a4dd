/*
 * Reading a chunked body (RFC 9112 section 7.1), strictly: a size is hexadecimal digits and nothing
 * else before the ';' of an extension or the line's end, every line ends by CRLF, a chunk is as
 * long as it said. libh2o's decoder takes "0x7" for 0 and "7xyz" for 7, which another reader of the
 * same bytes may see differently; and it moves bytes that need not be moved.
 */
#ifndef BFF_UPSTREAM_CHUNKS_H
#define BFF_UPSTREAM_CHUNKS_H

#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

/* Bytes of extensions and trailers that a whole body may have; both are swallowed. */
#define CHUNKS_EXTRA_MAX (16 * 1024)

struct chunks {
    uint8_t state;
    uint8_t digits;  /* of the size line under way */
    uint64_t left;   /* of the chunk under way */
    uint32_t extras; /* bytes of extensions and trailers so far */
};

enum chunks_step {
    CHUNKS_MORE,  /* all bytes are used up, the body goes on */
    CHUNKS_PIECE, /* *piece is a part of the body; there may be more in what is left */
    CHUNKS_END,   /* the body is complete; what is left belongs to nobody */
    CHUNKS_BAD,
};

/*
 * Takes bytes from the front of ${*bytes} up to the next piece of the body, which lies among them.
 * All zero is where a body begins. After END or BAD it must not be called again.
 */
enum chunks_step chunks_next(struct chunks *chunks, struct text *bytes, struct text *piece);

#endif
