/* Percent-encoding (RFC 3986 section 2.1). */
#ifndef BFF_BASE_PERCENT_H
#define BFF_BASE_PERCENT_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

/* The value of a hexadecimal digit, or -1. */
int percent_hex(char c);

/* True for the bytes that need no encoding anywhere (RFC 3986 section 2.3). */
bool percent_is_unreserved(int c);

/*
 * Decodes ${text} once into ${pool}; without a '%' the text itself is returned. Returns -1 when a
 * '%' is not followed by two hexadecimal digits. '+' is a plus sign.
 */
int percent_decode(struct pool *pool, struct text text, struct text *out);

/* The most that percent_encode writes for ${len} bytes. */
#define PERCENT_ENCODED_MAX(len) ((len)*3)

/*
 * Writes ${text} to ${out} with every byte but RFC 3986's unreserved ones encoded, so that it
 * stays one path segment or one query value whatever it holds. Returns the number of bytes.
 */
size_t percent_encode(char *out, struct text text);

#endif
