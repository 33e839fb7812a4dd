/* Finds the known name that is most similar to a wrong name. */
#ifndef BFF_CONFIG_SUGGEST_H
#define BFF_CONFIG_SUGGEST_H

#include <stddef.h>

#include "bff/base/text.h"

/*
 * Returns the name in ${names} with the smallest edit distance to ${wrong}. An edit inserts,
 * removes or replaces a letter, or swaps two adjacent letters. If several names have the same
 * distance, returns the first of them. Returns NULL if no name is near.
 */
const char *suggest_name(struct text wrong, const char *const *names, size_t count);

#endif
