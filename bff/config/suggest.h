/* The name that somebody may have meant. */
#ifndef BFF_CONFIG_SUGGEST_H
#define BFF_CONFIG_SUGGEST_H

#include <stddef.h>

#include "bff/base/text.h"

/*
 * The one of ${names} that is least letters away from ${wrong} (inserted, left out, replaced, or
 * two neighbours swapped), the first of equals; NULL when none is near enough to be meant.
 */
const char *suggest_name(struct text wrong, const char *const *names, size_t count);

#endif
