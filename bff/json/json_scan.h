/*
 * The strict JSON scanner: vouches for bytes that we splice into our own answers. It accepts what
 * RFC 8259 allows and nothing else, in well-formed UTF-8 (RFC 3629), without a byte order mark,
 * nested at most as deep as asked for (a scalar is 0, "[]" is 1).
 *
 * It is resumable: the text grows in one buffer (which may move between calls) and every call
 * scans what has been added. However the text is cut into pieces, the verdict is the same, and no
 * byte is looked at more than a bounded number of times.
 *
 * On the way it can note where the children of the root are: its members if it is an object, its
 * items if it is an array. Reading then begins with an index instead of a second pass.
 */
#ifndef BFF_JSON_JSON_SCAN_H
#define BFF_JSON_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH_MAX 1024 /* the most that a scan can be asked for; 128 is the default */

/* A child of the root: offsets into the text. Items have an empty key (key_len is 0 and key_at is
 * the value's). A key stands without its quotes, its escapes as written. */
struct json_slice {
    uint32_t key_at, key_len;
    uint32_t at, len;
};

struct json_slices {
    struct json_slice *rows; /* owned by the scan until json_scan_free */
    size_t count, capacity;
};

/* What one block of the text leaves to the next; see json_scan_block.h. */
struct json_scan_carry {
    uint64_t in_string; /* all bits or none: does a string go on? */
    uint64_t escape, hex, continuation;
    uint64_t scalar, digit, zero, dot, fraction_run;
    uint64_t exponent, exponent_sign, minus_first, zero_first, exponent_run, any_exponent;
    uint64_t value_end, value_gap, open, colon, key_run, key_end;
    uint64_t literal;         /* does a literal end or go on at the block's end? */
    const char *literal_rest; /* the letters that are still to come */
};

/* The text is scanned in blocks of 64 bytes; what is not yet one is only looked at for mistakes,
 * and scanned with what comes after it. */
struct json_scan {
    size_t at;      /* how far the text has been scanned: whole blocks */
    unsigned depth; /* containers open now */
    unsigned depth_max;
    bool keep_slices;
    bool is_broken;
    struct json_slices slices;
    size_t key_at; /* where the root's last key begins */
    struct json_scan_carry carry;
    uint64_t is_object[JSON_DEPTH_MAX / 64 + 1]; /* a bit for each open container, from bit 1 */
};

/* Begins a scan. ${depth_max} is at most JSON_DEPTH_MAX. */
void json_scan_init(struct json_scan *scan, unsigned depth_max, bool keep_slices);

/*
 * Scans ${text} from where the last call stopped; ${len} is that of all the text so far, less than
 * 4 GiB. Returns 0, or -1 as soon as no continuation can make it valid (and -1 ever after).
 */
int json_scan_more(struct json_scan *scan, const char *text, size_t len);

/* The text is complete: returns 0 if it was exactly one value with white space around, else -1. */
int json_scan_end(struct json_scan *scan, const char *text, size_t len);

/* Frees the slices. May be called twice, and without any scan done after init. */
void json_scan_free(struct json_scan *scan);

#endif
