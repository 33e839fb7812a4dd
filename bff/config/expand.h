/* "${NAME}" in the value of a setting stands for an environment variable. */
#ifndef BFF_CONFIG_EXPAND_H
#define BFF_CONFIG_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"

#define EXPAND_WRONG_SIZE 256

/*
 * Returns a copy of ${text} (memory_free) in which each ${NAME} is replaced by the variable. "$${"
 * becomes "${". The value of a variable is not expanded again. Returns NULL, and a sentence in
 * ${wrong}, when a variable is not set or its name is not a valid one.
 */
char *expand(struct text text, char wrong[EXPAND_WRONG_SIZE]);

/* True when ${text} is exactly one ${NAME}, and that variable is not set, or is empty. */
bool expand_is_unset(struct text text);

#endif
