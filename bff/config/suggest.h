/* Finds the known name that is most similar to a wrong name. */
#ifndef BFF_CONFIG_SUGGEST_H
#define BFF_CONFIG_SUGGEST_H

#include <stddef.h>

#include "bff/base/text.h"
#include "bff/config/names.h"

/* How many letters are missing, too many, wrong, or swapped with the next one (the restricted
 * Damerau-Levenshtein distance), without regard to case. SIZE_MAX when one text is too long. */
size_t suggest_distance(struct text a, struct text b);

/*
 * Returns the name in ${names} with the smallest edit distance to ${wrong}. An edit inserts,
 * removes or replaces a letter, or swaps two adjacent letters. If several names have the same
 * distance, returns the first of them. Returns NULL if no name is near.
 */
const char *suggest_name(struct text wrong, const char *const *names, size_t count);

#define SUGGEST_WORDS_SIZE (NAMES_SIZE + 64)

/*
 * Writes what to say about ${wrong}, which is not in ${names}. If a name is near, this is "unknown
 * setting; did you mean "timeout"?", or else "unknown setting; expected listen, tls". ${what} is
 * the noun, "setting". Returns the name that is near; NULL: there is none.
 */
const char *suggest_words(const char *what, struct text wrong, const struct names *names,
                          char words[SUGGEST_WORDS_SIZE]);

#endif
