/*
 * Compresses a body piece by piece. The memory of an encoder does not depend on the length of the
 * body: coding_encode_cost.
 *
 * An encoder belongs to the thread that has made it. A thread keeps some encoders of gzip that are
 * not used, because a new one costs as much time as two kilobytes of JSON.
 */
#ifndef BFF_CODING_CODING_ENCODE_H
#define BFF_CODING_CODING_ENCODE_H

#include <stddef.h>

#include "bff/coding/coding.h"

struct coding_encode;

/* Of both codings. Higher levels of brotli take far too long. */
#define CODING_ENCODE_LEVEL_MAX 9

/* Gets the compressed bytes, which are borrowed during the call. */
typedef void (*coding_encode_out)(void *cookie, struct text bytes);

/* Returns the most bytes of memory that an encoder of ${coding} needs, approximately; 0 for
 * CODING_IDENTITY. */
size_t coding_encode_cost(enum coding coding);

/* Returns the bytes (coding_encode_cost) of the encoders that this thread uses now. */
size_t coding_encode_in_use(void);

/* Makes an encoder. ${coding} is CODING_GZIP or CODING_BR, and ${level} is 1 to
 * CODING_ENCODE_LEVEL_MAX. */
struct coding_encode *coding_encode_new(enum coding coding, unsigned level);

/* Compresses ${bytes}. The encoder keeps some of them for later. */
void coding_encode_add(struct coding_encode *encode, struct text bytes, coding_encode_out out,
                       void *cookie);

/* Passes on all bytes that the encoder keeps, so that the client can read all that was added. This
 * costs some bytes. Without bytes to pass on, it does nothing. */
void coding_encode_flush(struct coding_encode *encode, coding_encode_out out, void *cookie);

/* Ends the body. After that, only coding_encode_free may be called. */
void coding_encode_end(struct coding_encode *encode, coding_encode_out out, void *cookie);

/* Frees the encoder, whether its body has ended or not. Does nothing for NULL. */
void coding_encode_free(struct coding_encode *encode);

#endif
