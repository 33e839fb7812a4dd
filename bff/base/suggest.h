/* Finds the known name that is most similar to a wrong name. */
#ifndef BFF_BASE_SUGGEST_H
#define BFF_BASE_SUGGEST_H

#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

/* How many letters are missing, too many, wrong, or swapped with the next one (the restricted
 * Damerau-Levenshtein distance), without regard to case. SIZE_MAX when one text is too long. */
size_t suggest_distance(struct text a, struct text b);

/*
 * Returns the name in ${names} with the smallest edit distance to ${wrong}. An edit inserts,
 * removes or replaces a letter, or swaps two adjacent letters. If several names have the same
 * distance, returns the first of them. Returns NULL if no name is near.
 */
const char *suggest_name(struct text wrong, const char *const *names, size_t count);

#endif
