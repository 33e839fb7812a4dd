/* "${NAME}" in the value of a setting stands for an environment variable, and "${NAME:-default}"
 * for the default when that variable is not set, or is empty. */
#ifndef BFF_CONFIG_EXPAND_H
#define BFF_CONFIG_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"
#include "bff/config/names.h"

#define EXPAND_WRONG_SIZE 256

/*
 * Returns a copy of ${text} (memory_free) in which each reference is replaced by its value. "$${"
 * becomes "${". A default may have references itself. The value of a variable is not expanded
 * again. Adds the name of each variable to ${names}. Returns NULL, and a sentence in ${wrong}, when
 * a variable without a default is not set, or a reference has another form.
 */
char *expand(struct text text, struct names *names, char wrong[EXPAND_WRONG_SIZE]);

/* True when ${text} is exactly one ${NAME}, and that variable is not set, or is empty. */
bool expand_is_unset(struct text text);

/* True when ${text} is exactly one ${NAME:-default}, and its value is empty. */
bool expand_is_left_empty(struct text text);

#endif
