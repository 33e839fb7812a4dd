/* See call_policy.h. */
#include "bff/upstream/call_policy.h"

static enum call_next ended(const struct call *call, const struct call_report *report)
{
    bool may_retry = report->reason == REASON_RESET && report->is_clean && report->is_reused &&
                     call->ask->may_repeat;

    return may_retry ? CALL_AGAIN : CALL_END;
}

const struct call_policy call_policy_default = {.ended = ended};
