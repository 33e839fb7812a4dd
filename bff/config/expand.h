/* Replaces "${NAME}" in the value of a setting by an environment variable. "${NAME:-default}" is
 * replaced by the default if the variable is not set or empty. */
#ifndef BFF_CONFIG_EXPAND_H
#define BFF_CONFIG_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"
#include "bff/yaml/names.h"

#define EXPAND_WRONG_SIZE 256

/*
 * Returns a copy of ${text} in which each reference is replaced by its value. The caller frees it
 * with memory_free. "$${" becomes "${". A default may contain references. The value of a variable
 * is not expanded again. Adds the name of each variable to ${names}. If a variable without a
 * default is not set, or a reference has another form, returns NULL and writes a sentence to
 * ${wrong}.
 */
char *expand(struct text text, struct names *names, char wrong[EXPAND_WRONG_SIZE]);

/* True when ${text} is exactly one ${NAME}, and this variable is not set or empty. */
bool expand_is_unset(struct text text);

/* True when ${text} is exactly one ${NAME:-default}, and its value is empty. */
bool expand_is_left_empty(struct text text);

#endif
