/* See page_budget.h. */
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/log_pace.h"
#include "bff/compose/answer_largest.h"
#include "bff/compose/page_budget.h"
#include "bff/observe/answer_report.h"

void page_budget_time(struct page_serving *serving)
{
    if (serving->request != NULL)
        serving->made.took_ns = clock_now_ns() - serving->request->began_ns;
}

static void tell(const struct page_serving *serving)
{
    const struct plan *plan = serving->ask.plan;
    struct answer_largest largest = answer_largest_of(serving->run);

    log_event("over_budget",
              (struct log_field[]){{"composite", .text = plan->path},
                                   {"bytes", .number = (int64_t)serving->made.bytes},
                                   {"budget", .number = plan->composite->budget_bytes},
                                   {"member", .text = largest.name},
                                   {"member_bytes", .number = (int64_t)largest.bytes},
                                   {"requestId", .text = serving->id},
                                   {0}});
}

void page_budget_bytes(struct page_serving *serving, size_t bytes)
{
    const struct plan *plan = serving->ask.plan;
    unsigned budget = plan->composite->budget_bytes;

    serving->made.bytes = bytes;
    serving->made.is_over_bytes = budget > 0 && bytes > budget;
    if (serving->made.is_over_bytes && log_pace_is_due(plan->over_bytes))
        tell(serving);
}

void page_budget_report(const struct page_serving *serving, struct request *request)
{
    unsigned p95_ms = serving->ask.plan->composite->p95_ms;
    struct answer_report *made;

    if (serving->made.took_ns == 0)
        return;
    made = pool_take(request->pool, sizeof(*made));
    *made = serving->made;
    made->is_over_time = p95_ms > 0 && made->took_ns > (int64_t)p95_ms * CLOCK_MS;
    request->made = made;
}
