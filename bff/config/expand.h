/* Replaces "${NAME}" in the value of a setting by an environment variable. */
#ifndef BFF_CONFIG_EXPAND_H
#define BFF_CONFIG_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"

#define EXPAND_WRONG_SIZE 256

/*
 * Returns a copy of ${text} in which each ${NAME} is replaced by the value of the variable. The
 * caller frees it with memory_free. "$${" becomes "${". The value of a variable is not expanded
 * again. If a variable is not set or its name is not valid, returns NULL and writes a sentence to
 * ${wrong}.
 */
char *expand(struct text text, char wrong[EXPAND_WRONG_SIZE]);

/* True when ${text} is exactly one ${NAME}, and this variable is not set or empty. */
bool expand_is_unset(struct text text);

#endif
