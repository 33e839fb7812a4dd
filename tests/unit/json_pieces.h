/* Gives a text to the scanner piece by piece, on each path. Each buffer has exactly the size of its
 * content, so that a sanitizer finds reads beyond it. */
#ifndef TESTS_UNIT_JSON_PIECES_H
#define TESTS_UNIT_JSON_PIECES_H

#include <stdlib.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/json/json_scan.h"
#include "bff/json/json_scan_path.h"

#define EVERY_PATH(path)                                                                           \
    enum json_scan_path path = JSON_SCAN_BY_WORDS;                                                 \
    path <= JSON_SCAN_BY_AVX512;                                                                   \
    path = (enum json_scan_path)(path + 1)

/* Gives the first ${len} bytes to the scanner, in a buffer of exactly this size. */
static inline int more(struct json_scan *scan, const char *text, size_t len)
{
    char *moved = malloc(len + (len == 0));

    must(moved != NULL);
    memcpy(moved, text, len);
    int result = json_scan_more(scan, moved, len);
    free(moved);
    return result;
}

/* Returns the scanner's result for ${text}, given in a piece of ${first} bytes and further pieces
 * of ${piece} bytes. ${*broken_at} is the number of bytes that had been given when the scanner
 * refused the text, or ${len} + 1 if it did not refuse it before the end. */
static inline int verdict(const char *text, size_t len, size_t first, size_t piece,
                          size_t *broken_at)
{
    struct json_scan scan;
    int result = 0;

    json_scan_init(&scan, 128, true);
    *broken_at = len + 1;
    for (size_t at = first; result == 0; at += piece) {
        at = at < len ? at : len;
        result = more(&scan, text, at);
        if (result != 0)
            *broken_at = at;
        if (at == len)
            break;
    }
    if (result == 0)
        result = json_scan_end(&scan, text, len);
    else
        must(json_scan_end(&scan, text, len) == -1);
    json_scan_free(&scan);
    return result;
}

#endif
