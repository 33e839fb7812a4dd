/*
 * Content codings (RFC 9110 section 8.4.1): a body that is compressed for its way between client
 * and server. coding_encode.h compresses, coding_decode.h decompresses with bounds, and
 * coding_accept.h decides which coding a client gets.
 */
#ifndef BFF_CODING_CODING_H
#define BFF_CODING_CODING_H

#include "bff/base/text.h"

enum coding {
    CODING_IDENTITY, /* the bytes as they are */
    CODING_GZIP,     /* RFC 1952 */
    CODING_BR,       /* RFC 7932 */
    CODING_DEFLATE,  /* RFC 1950. It is only decoded */
    CODING_UNKNOWN,  /* a coding that this server does not know, or more than one */
};

/*
 * Returns the coding of the value of Content-Encoding: "gzip", "x-gzip", "br", "deflate" and
 * "identity", in any case. An absent or empty value is CODING_IDENTITY, and every other value is
 * CODING_UNKNOWN.
 */
enum coding coding_of(struct text value);

/* Returns the name for Content-Encoding. ${coding} is not CODING_UNKNOWN. */
struct text coding_name(enum coding coding);

#endif
