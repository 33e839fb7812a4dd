/*
 * What can become of a part, and of an item of a list part: the reasons for which it can be
 * rejected, and whether it can be old or have no value.
 */
#ifndef BFF_COMPOSE_TYPES_FATES_H
#define BFF_COMPOSE_TYPES_FATES_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/reason.h"
#include "bff/compose/plan.h"

struct types_fates {
    unsigned reasons; /* a bit for each: 1u << REASON_TIMEOUT */
    bool has_stale;   /* its value may be an old one of the cache */
    bool has_nothing; /* it may have no value without an error, and the answer shows this: null */
};

/* The reasons that every call can have. */
unsigned types_fates_of_calls(void);

/* Returns what can become of part ${i} of ${plan} as a whole, when there is an answer with status
 * 200: so a required part has no reasons. */
struct types_fates types_fates_part(const struct plan *plan, size_t i);

/* Returns what can become of an item of part ${i}, which is a list part. */
struct types_fates types_fates_item(const struct plan *plan, size_t i);

/* Returns the reasons for which the required part ${i} can make the answer an error. */
unsigned types_fates_failure(const struct plan *plan, size_t i);

#endif
