/*
 * Which part of a composite makes its answers late, and what a time limit for this part would
 * change: advice for those who write composites. It is computed from recorded requests when
 * somebody asks for it.
 *
 * A percentile is the smallest of the measured times that is not smaller than so many percent of
 * them (nearest rank). All times are in ns.
 */
#ifndef BFF_RECORD_RECORD_ADVICE_H
#define BFF_RECORD_RECORD_ADVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/record/record_entry.h"

#define RECORD_ADVICE_LEAST                                                                        \
    20 /* requests; with fewer of them nothing is said about time limits                           \
        */

/*
 * A part, as the table of the composite has it.
 *
 *   after        the place of the part that it waits for; -1: none
 *   is_required  its rejection is an error for the client, so no time limit is advised
 *   timeout_ms   its time limit; 0: none
 */
struct record_advice_row {
    struct text name;
    int after;
    bool is_required;
    uint32_t timeout_ms;
};

struct record_advice_plan {
    struct text method, pattern; /* as in record_entry */
    const struct record_advice_row *rows;
    size_t count;
};

/*
 *   runs        requests in which it was started
 *   set         requests whose time it has set: it was the last part that settled
 *   limit_ms    the p95 of the part, rounded up: a time limit. 0: none is advised
 *   saved_p95   by how much the p95 of the answers would fall with this limit
 *   saved_p99   the same for the p99. The saving is often only there: when the part alone sets
 *               the time, its own p95 as a limit leaves the p95 of the answers as it is
 *   lost        requests that would have lost the part
 */
struct record_advice_part {
    size_t runs, set;
    int64_t p50, p95;
    uint32_t limit_ms;
    int64_t saved_p95, saved_p99;
    size_t lost;
};

struct record_advice {
    size_t requests; /* that have the method and the pattern, and whose client has not left */
    int64_t p50, p95;
    struct record_advice_part *parts; /* one for each row */
};

/* Computes the advice for ${plan} from ${entries}, in ${pool}. */
struct record_advice record_advice_make(struct pool *pool, const struct record_advice_plan *plan,
                                        struct record_entry *const *entries, size_t count);

#endif
