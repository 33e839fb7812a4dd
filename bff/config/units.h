/* Durations and sizes as people write them: "250ms", "1.5s", "4MiB". */
#ifndef BFF_CONFIG_UNITS_H
#define BFF_CONFIG_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

#define UNITS_SECOND UINT64_C(1000) /* milliseconds */
#define UNITS_HOUR (3600 * UNITS_SECOND)
#define UNITS_KIB UINT64_C(1024) /* bytes */
#define UNITS_GIB (UNITS_KIB * UNITS_KIB * UNITS_KIB)

/*
 * units_duration and units_size return NULL; or words that say what is wrong with ${text}, and then
 * the number is not written. The words fit after a colon. A duration needs a unit: "30" is refused.
 */
const char *units_duration(struct text text, uint64_t *ms); /* ms, s, m, h; decimals: "1.5s" */
const char *units_size(struct text text,
                       uint64_t *bytes); /* no unit, B, KB, KiB, MB, MiB, GB, GiB */

#define UNITS_SIZE 24 /* bytes of the longest printed form, with the NUL */

/* Prints a value in the largest unit that gives a whole number: 1000 ms are "1s", 4194304 bytes are
 * "4MiB". */
void units_print_duration(uint64_t ms, char out[UNITS_SIZE]);
void units_print_size(uint64_t bytes, char out[UNITS_SIZE]);

#endif
