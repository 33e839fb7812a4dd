/* See attempts_report.h. */
#include "bff/observe/attempts_report.h"

struct attempts_report attempts_report_make(const struct call *call, struct pool *pool)
{
    return (struct attempts_report){
        .endpoint = call_endpoint(call, pool),
        .retries = call->retries,
        .retried = call->retries == 0 ? (struct text){0} : pool_text(pool, text_of(call->retried)),
        .is_hedged = call->is_hedged,
        .has_hedge_won = call->has_hedge_won,
    };
}
