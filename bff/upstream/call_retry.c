/* See call_retry.h. */
#include "bff/upstream/call.h"
#include "bff/upstream/call_retry.h"

bool call_retry_accepts(struct call *call, const struct exchange_head *head) { return true; }

/* A reused connection that ends says nothing about its endpoint, which is asked again. A fresh one
 * is never reused, so this happens once. */
enum call_next call_retry_next(struct call *call, const struct call_report *report)
{
    bool is_stale = report->reason == REASON_RESET && report->is_clean && report->is_reused;

    if (is_stale && (report->is_unsent || call->ask->may_repeat))
        return CALL_AGAIN;
    return report->is_unsent && call_has_other(call, report->ended_ns) ? CALL_OTHER : CALL_END;
}
