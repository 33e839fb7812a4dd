/* Says which names are known, where a wrong one is. */
#ifndef BFF_YAML_SUGGEST_WORDS_H
#define BFF_YAML_SUGGEST_WORDS_H

#include "bff/base/text.h"
#include "bff/yaml/names.h"

#define SUGGEST_WORDS_SIZE (NAMES_SIZE + 64)

/*
 * Writes what to say about ${wrong}, which is not in ${names}. If a name is near, this is "unknown
 * setting; did you mean "timeout"?", or else "unknown setting; expected listen, tls". ${what} is
 * the noun, "setting". Returns the name that is near; NULL: there is none.
 */
const char *suggest_words(const char *what, struct text wrong, const struct names *names,
                          char words[SUGGEST_WORDS_SIZE]);

#endif
