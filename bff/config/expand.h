/* "${NAME}" in a setting's value: the environment's. */
#ifndef BFF_CONFIG_EXPAND_H
#define BFF_CONFIG_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"

#define EXPAND_WRONG_SIZE 256

/*
 * A copy of ${text} (memory_free) with each ${NAME} replaced; "$${" stands for "${". What comes
 * from the environment is not looked through again. NULL, and a sentence in ${wrong}, when a
 * variable is not set or a name is none.
 */
char *expand(struct text text, char wrong[EXPAND_WRONG_SIZE]);

/* True when ${text} is one ${NAME} alone, and that variable is not set or empty. */
bool expand_is_unset(struct text text);

#endif
