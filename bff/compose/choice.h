/*
 * The members of an answer that a client gets. With .may_choose, the client can name them. When it
 * names none, it gets all members.
 */
#ifndef BFF_COMPOSE_CHOICE_H
#define BFF_COMPOSE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/plan.h"

struct choice {
    uint32_t called; /* the parts that are called, a bit for each place */
    uint32_t shown;  /* the parts that are in the answer */
    bool *fields;    /* the fields that are members of the answer, one for each place */
};

/*
 * Reads ${names}, the names of parts and computed members with commas between them. Returns NULL,
 * or a sentence about what is wrong. These are in ${*out}, which is in ${pool}:
 *
 *   shown   the parts that are named, and all required parts
 *   fields  those that are named, and those whose parts are all shown. Hidden parts do not count,
 *           but a field that reads only hidden parts must be named
 *   called  the shown parts, the part with the owner, the parts that a shown member reads, and the
 *           parts for which one of these waits
 */
const char *choice_read(struct pool *pool, const struct plan *plan, struct text names,
                        struct choice *out);

/* Stores the names that a client may choose, in the order of the answer, in ${*names}, which is in
 * ${pool}. Returns their number. */
size_t choice_names(struct pool *pool, const struct plan *plan, struct text **names);

/* True when a client can leave part ${part} out. */
static inline bool choice_may_omit(const struct plan *plan, size_t part)
{
    return plan->composite->may_choose && plan->parts[part].row->need != BFF_REQUIRED;
}

/* In the next functions, a ${choice} that is NULL has everything. */

static inline bool choice_calls(const struct choice *choice, size_t part)
{
    return choice == NULL || (choice->called >> part & 1) != 0;
}

static inline bool choice_shows(const struct choice *choice, size_t part)
{
    return choice == NULL || (choice->shown >> part & 1) != 0;
}

static inline bool choice_shows_field(const struct choice *choice, size_t field)
{
    return choice == NULL || choice->fields[field];
}

#endif
