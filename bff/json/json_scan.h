/*
 * The strict JSON scanner. It checks the bodies of services before they become part of our
 * responses. It accepts exactly what RFC 8259 allows, in well-formed UTF-8 (RFC 3629), without a
 * byte order mark, and with a limit on the depth (a scalar has depth 0, "[]" has depth 1).
 *
 * It is resumable: the text grows in one buffer, which may move between calls, and each call scans
 * the bytes that were added. The result does not depend on the sizes of the pieces in which the
 * text arrives. Each byte is scanned a bounded number of times.
 *
 * The scanner can note the positions of the children of the root: the members of an object, or the
 * items of an array. These positions are an index, so reading the children needs no second pass
 * over the text.
 */
#ifndef BFF_JSON_JSON_SCAN_H
#define BFF_JSON_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_SCAN_BLOCK 64 /* bytes of a block */

#define JSON_DEPTH_MAX 1024 /* the largest limit; 128 is the default of the configuration */

/* A child of the root, as offsets into the text. The key is as it is written, without its quotes.
 * An item of an array has no key: key_len is 0, and key_at is the offset of the value. */
struct json_slice {
    uint32_t key_at, key_len;
    uint32_t at, len;
};

struct json_slices {
    struct json_slice *rows; /* owned by the scan until json_scan_free */
    size_t count, capacity;
};

/* The state that the scan of one block passes on to the scan of the next block; see
 * json_scan_block.h. */
struct json_scan_carry {
    uint64_t in_string; /* all bits are set if a string goes on, else no bit */
    uint64_t escape, hex, continuation;
    uint64_t scalar, digit, zero, dot, fraction_run;
    uint64_t exponent, exponent_sign, minus_first, zero_first, exponent_run, any_exponent;
    uint64_t value_end, value_gap, open, colon, key_run, key_end;
    uint64_t literal; /* not 0 if a literal ends with the block or goes on in the next one */
    const char *literal_rest; /* the letters of the literal that must follow */
};

/* The text is scanned in blocks of 64 bytes. A block that is not yet complete is only checked for
 * mistakes, and is scanned again when more bytes have arrived. */
struct json_scan {
    size_t at;      /* number of bytes that are scanned, in whole blocks */
    unsigned depth; /* number of open containers */
    unsigned depth_max;
    bool keep_slices;
    bool is_broken;
    struct json_slices slices;
    size_t key_at; /* the offset of the last key of the root */
    struct json_scan_carry carry;
    uint64_t is_object[JSON_DEPTH_MAX / 64 + 1]; /* a bit for each open container, from bit 1 */
};

/* Begins a scan. ${depth_max} is at most JSON_DEPTH_MAX. */
void json_scan_init(struct json_scan *scan, unsigned depth_max, bool keep_slices);

/*
 * Scans the bytes of ${text} that are new since the last call. ${len} is the length of the whole
 * text so far, less than 4 GiB. Returns 0; or -1 as soon as no following bytes can make the text
 * valid. Then all later calls return -1, too.
 */
int json_scan_more(struct json_scan *scan, const char *text, size_t len);

/* Ends the scan of a complete text. Returns 0 if the text is exactly one value, with or without
 * white space around it, else -1. */
int json_scan_end(struct json_scan *scan, const char *text, size_t len);

/*
 * Does the same as json_scan_more for a text that is not in one buffer, and that may be of any
 * length. Scans its next ${count} blocks. The byte before ${bytes} must be readable: it is the last
 * byte of the text before, or any byte at the beginning. The scan must keep no slices. Only this
 * function and the next one may be called for such a text.
 */
int json_scan_blocks(struct json_scan *scan, const char *bytes, size_t count);

/* Ends the scan of such a text. ${bytes} are its last ${len} bytes, fewer than a block; the byte
 * before them must be readable, too. */
int json_scan_blocks_end(struct json_scan *scan, const char *bytes, size_t len);

/* True when ${text} is exactly one value, with at most ${depth_max} levels. It may be absent. */
bool json_scan_accepts(const char *text, size_t len, unsigned depth_max);

/* Frees the slices. It may be called twice, and directly after json_scan_init. */
void json_scan_free(struct json_scan *scan);

#endif
