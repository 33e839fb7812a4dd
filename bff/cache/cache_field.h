/* The header fields of responses and entries, found by their names. */
#ifndef BFF_CACHE_CACHE_FIELD_H
#define BFF_CACHE_CACHE_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"
#include "bff/upstream/exchange.h"

/* Returns the value of the first field ${name}, in any case; absent if there is none. */
struct text cache_field_find(const struct exchange_field *fields, size_t count, const char *name);

/* True when one of the fields ${name} (any case), each of them a list, has ${item} (any case). */
bool cache_field_lists(const struct exchange_field *fields, size_t count, const char *name,
                       struct text item);

#endif
