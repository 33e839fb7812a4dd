/* Chooses the instructions that the scanner uses. The scanner chooses the fastest ones itself, so
 * only tests and benchmarks call json_scan_use, before they start threads. */
#ifndef BFF_JSON_JSON_SCAN_PATH_H
#define BFF_JSON_JSON_SCAN_PATH_H

#include <stdbool.h>

enum json_scan_path {
    JSON_SCAN_BY_WORDS,
    JSON_SCAN_BY_SSE2,
    JSON_SCAN_BY_AVX2,
    JSON_SCAN_BY_AVX512,
};

/* Makes the scanner use ${wanted}. Returns false and changes nothing if this machine does not have
 * these instructions. */
bool json_scan_use(enum json_scan_path wanted);

#endif
