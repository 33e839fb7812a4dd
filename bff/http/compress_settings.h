/* Which answers are compressed, and how. Constant while requests use it. */
#ifndef BFF_HTTP_COMPRESS_SETTINGS_H
#define BFF_HTTP_COMPRESS_SETTINGS_H

#include <stddef.h>

#include "bff/base/text.h"
#include "bff/coding/coding.h"

#define COMPRESS_CODINGS_MAX 2

/*
 *   codings     those that clients may get, in the order of preference; none: no answer is
 *               compressed
 *   gzip_level  1 (fast) to CODING_ENCODE_LEVEL_MAX
 *   br_level    the same for brotli
 *   min_bytes   a shorter answer is not compressed. An answer of unknown length is
 *   memory      the most bytes that the encoders of one worker use (coding_encode_cost). When there
 *               is no room, an answer is not compressed
 *   types       media types in lower case. One * in a type stands for any characters, as in
 *               "application/x*+json". "text/event-stream" counts only when it is named as a whole,
 *               because event streams last long and each of them keeps an encoder
 */
struct compress_settings {
    enum coding codings[COMPRESS_CODINGS_MAX];
    size_t coding_count;
    unsigned gzip_level, br_level;
    size_t min_bytes;
    size_t memory;
    const struct text *types;
    size_t type_count;
};

#endif
