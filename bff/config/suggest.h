/* The name that a wrong name may have been meant to be. */
#ifndef BFF_CONFIG_SUGGEST_H
#define BFF_CONFIG_SUGGEST_H

#include <stddef.h>

#include "bff/base/text.h"

/* How many letters are missing, too many, wrong, or swapped with the next one (the restricted
 * Damerau-Levenshtein distance), without regard to case. SIZE_MAX when one text is too long. */
size_t suggest_distance(struct text a, struct text b);

/*
 * Returns the one of ${names} that is nearest to ${wrong}: a step is a letter that is inserted,
 * left out or replaced, or two neighbours that are swapped. Of equals it returns the first. Returns
 * NULL when none is near.
 */
const char *suggest_name(struct text wrong, const char *const *names, size_t count);

#endif
