/* See suggest_words.h. */
#include <stdio.h>

#include "bff/base/suggest.h"
#include "bff/yaml/suggest_words.h"

const char *suggest_words(const char *what, struct text wrong, const struct names *names,
                          char words[SUGGEST_WORDS_SIZE])
{
    const char *near = suggest_name(wrong, names->at, names->count);
    char known[NAMES_SIZE];

    names_join(names, known);
    if (near != NULL)
        snprintf(words, SUGGEST_WORDS_SIZE, "unknown %s; did you mean \"%s\"?", what, near);
    else
        snprintf(words, SUGGEST_WORDS_SIZE, "unknown %s; expected %s", what, known);
    return near;
}
