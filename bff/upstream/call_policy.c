/* See call_policy.h. */
#include "bff/upstream/call_policy.h"

/* A reused connection that ends says nothing about its endpoint, which is asked again. A fresh one
 * is never reused, so this happens once. */
static enum call_next ended(const struct call *call, const struct call_report *report)
{
    bool is_stale = report->reason == REASON_RESET && report->is_clean && report->is_reused;

    if (is_stale && (report->is_unsent || call->ask->may_repeat))
        return CALL_AGAIN;
    return report->is_unsent ? CALL_OTHER : CALL_END;
}

const struct call_policy call_policy_default = {.ended = ended};
