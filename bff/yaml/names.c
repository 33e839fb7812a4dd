/* See names.h. */
#include <stdio.h>

#include "bff/yaml/names.h"

void names_add(struct names *names, struct text name)
{
    for (size_t i = 0; i < names->count; i++)
        if (text_is(name, names->at[i]))
            return;
    if (names->count == NAMES_MAX || names->used + name.len + 1 > NAMES_SIZE)
        return;
    char *copy = names->memory + names->used;
    memcpy(copy, name.at, name.len);
    copy[name.len] = '\0';
    names->used += name.len + 1;
    names->at[names->count++] = copy;
}

void names_join(const struct names *names, char out[NAMES_SIZE])
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < names->count && len < NAMES_SIZE; i++)
        len +=
            (size_t)snprintf(out + len, NAMES_SIZE - len, "%s%s", i == 0 ? "" : ", ", names->at[i]);
}
