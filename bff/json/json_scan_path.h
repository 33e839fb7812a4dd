/* Which instructions the scanner uses. It takes the best by itself: this is for tests and
 * benchmarks, before any thread is started. */
#ifndef BFF_JSON_JSON_SCAN_PATH_H
#define BFF_JSON_JSON_SCAN_PATH_H

#include <stdbool.h>

enum json_scan_path {
    JSON_SCAN_BY_WORDS,
    JSON_SCAN_BY_SSE2,
    JSON_SCAN_BY_AVX2,
    JSON_SCAN_BY_AVX512,
};

/* Returns false when this machine has not got ${wanted}; the path in use is then not changed. */
bool json_scan_use(enum json_scan_path wanted);

#endif
