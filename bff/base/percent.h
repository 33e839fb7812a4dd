/* Percent-encoding (RFC 3986 section 2.1). */
#ifndef BFF_BASE_PERCENT_H
#define BFF_BASE_PERCENT_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

/* Returns the value of the hexadecimal digit ${c}, or -1 if ${c} is not a hexadecimal digit. */
int percent_hex(char c);

/* True for the unreserved bytes, which never need to be encoded (RFC 3986 section 2.3). */
bool percent_is_unreserved(int c);

/*
 * Decodes ${text} once, into ${pool}. If ${text} has no '%', ${*out} is ${text} itself. Returns -1
 * if a '%' is not followed by two hexadecimal digits. A '+' stays a '+'.
 */
int percent_decode(struct pool *pool, struct text text, struct text *out);

/* Does the same as percent_decode, but a '+' becomes a blank, as in the names and values of forms
 * and queries (WHATWG URL, application/x-www-form-urlencoded). */
int percent_decode_form(struct pool *pool, struct text text, struct text *out);

/* The most bytes that percent_encode writes for ${len} bytes. */
#define PERCENT_ENCODED_MAX(len) ((len)*3)

/*
 * Writes ${text} to ${out} and percent-encodes every byte that is not unreserved. So the result is
 * always a single path segment or a single query value. Returns the number of bytes written.
 */
size_t percent_encode(char *out, struct text text);

#endif
