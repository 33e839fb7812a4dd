/*
 * Decompresses a body piece by piece, with bounds. The memory of a decoder does not depend on the
 * body, except for the window that a body of brotli asks for: at most 16 MiB (RFC 7932).
 *
 * A few bytes can become gigabytes (a "bomb"). So the user gets the bytes in small pieces, and ends
 * the decoder when there are more than it can take.
 */
#ifndef BFF_CODING_CODING_DECODE_H
#define BFF_CODING_CODING_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/coding/coding.h"

struct coding_decode;

/* A body that becomes longer than CODING_DECODE_FREE and grows by more than CODING_DECODE_RATIO is
 * refused. deflate can make at most 1032 of 1. */
#define CODING_DECODE_RATIO 1000
#define CODING_DECODE_FREE ((size_t)1024 * 1024)

enum coding_decode_result {
    CODING_DECODE_GOOD,
    CODING_DECODE_BAD,     /* the bytes are not of this coding, or they are not complete */
    CODING_DECODE_BOMB,    /* the body grows too much */
    CODING_DECODE_REFUSED, /* ${out} has returned -1 */
};

/* Gets decoded bytes, which are borrowed during the call. Returns 0; or -1 to end the decoding. */
typedef int (*coding_decode_out)(void *cookie, struct text bytes);

/*
 * Makes a decoder. ${coding} is CODING_GZIP, CODING_BR or CODING_DEFLATE. A body of gzip may have
 * several members (RFC 1952 section 2.2). For CODING_DEFLATE, a body without the header of zlib is
 * accepted, too, because some servers send such bodies (RFC 9110 section 8.4.1.2).
 */
struct coding_decode *coding_decode_new(enum coding coding);

/* Decodes ${bytes} and calls ${out} for each piece of the result. After another result than
 * CODING_DECODE_GOOD, only coding_decode_free may be called. */
enum coding_decode_result coding_decode_add(struct coding_decode *decode, struct text bytes,
                                            coding_decode_out out, void *cookie);

/* To be called after the last byte of the body. Returns CODING_DECODE_GOOD when the body is
 * complete. A body without a byte is complete: it is empty. */
enum coding_decode_result coding_decode_end(const struct coding_decode *decode);

/* Frees the decoder. Does nothing for NULL. */
void coding_decode_free(struct coding_decode *decode);

#endif
