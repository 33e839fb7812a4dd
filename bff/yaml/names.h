/* A list of names, for messages that say which names a mapping may have. */
#ifndef BFF_YAML_NAMES_H
#define BFF_YAML_NAMES_H

#include <stddef.h>

#include "bff/base/text.h"

#define NAMES_MAX 64
#define NAMES_SIZE 512

/* A list that is all zero is empty. */
struct names {
    const char *at[NAMES_MAX];
    size_t count;
    char memory[NAMES_SIZE];
    size_t used;
};

/* Adds a copy of ${name}, unless the list has it already or is full. */
void names_add(struct names *names, struct text name);

/* Writes the names with commas: "listen, tls, workers". */
void names_join(const struct names *names, char out[NAMES_SIZE]);

#endif
