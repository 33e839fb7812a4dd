/*
 * An entry as bytes, as it is kept in Redis. Bytes that come from there may be anything: those of
 * another program or another version, a part of a value, or the value of another key. All of them
 * are no entry, which is a miss.
 *
 * A value begins with the version, the path and the tags, which a script in Redis reads
 * (cache_redis_script.c):
 *
 *     "bff1"                             the version
 *     "000011" "000003"                  bytes of the path and of the tags, six decimal digits
 *     the path, the tags
 *
 * Numbers after that are little-endian:
 *
 *     32 bytes  SHA-256 of the key
 *     2 bytes   status; 0: the entry is no response, but says something about responses
 *     1 byte    must_revalidate
 *     4 x 8     born, fresh, stale, failed: nanoseconds after asked_ns, signed
 *     2 bytes   number of fields
 *     4 bytes   length of the body
 *     each field: 2 bytes and 4 bytes, the lengths of its name and its value; name, value
 *     the body
 *     8 bytes   SipHash-1-3 of all bytes before, with a key of zeros. It finds damage and not
 *               forgery: who may write to Redis may also write values
 */
#ifndef BFF_CACHE_CACHE_VALUE_H
#define BFF_CACHE_CACHE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/cache/cache_entry.h"

#define CACHE_VALUE_VERSION "bff1"
#define CACHE_VALUE_DIGEST 32
#define CACHE_VALUE_MOST ((size_t)2 * 1024 * 1024) /* bytes of a value */

/* Writes the SHA-256 of a key. */
void cache_value_digest(struct text key, unsigned char digest[CACHE_VALUE_DIGEST]);

/* Returns the bytes for ${entry}, which the caller frees with cache_value_free; absent: the entry
 * is too large. */
struct text cache_value_write(const unsigned char digest[CACHE_VALUE_DIGEST],
                              const struct cache_entry *entry);
void cache_value_free(struct text bytes);

/*
 * What is expected of a value.
 *
 *   digest       of its key
 *   body_most    bytes of its body
 *   depth_most   0: the body may be anything; otherwise it is JSON, nested at most so deep
 *   keep_slices  for JSON: the body gets its slices (value.h)
 *   asked_ns     when the request for the entry was sent, on the clock of clock_now_ns
 */
struct cache_value_form {
    const unsigned char *digest;
    size_t body_most;
    unsigned depth_most;
    bool keep_slices;
    int64_t asked_ns;
};

/* Returns a new entry with one reference; NULL: the bytes are not a value of that form. */
struct cache_entry *cache_value_read(const struct cache_value_form *form, struct text bytes);

#endif
