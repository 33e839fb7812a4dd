/* The names that a section of the file knows, to be listed when another one stands there. */
#ifndef BFF_CONFIG_NAMES_H
#define BFF_CONFIG_NAMES_H

#include <stddef.h>

#include "bff/base/text.h"

#define NAMES_MAX 64
#define NAMES_SIZE 512

/* All zero: none. */
struct names {
    const char *at[NAMES_MAX];
    size_t count;
    char memory[NAMES_SIZE];
    size_t used;
};

/* Adds a copy of ${name}, once; more than there is room for are left out. */
void names_add(struct names *names, struct text name);

/* "listen, tls, workers" */
void names_join(const struct names *names, char out[NAMES_SIZE]);

#endif
