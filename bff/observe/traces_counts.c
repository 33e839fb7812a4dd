/* See traces_counts.h. */
#include "bff/base/log.h"
#include "bff/base/log_pace.h"
#include "bff/base/tally.h"
#include "bff/observe/traces_counts.h"

#define WHY_BYTES ((size_t)256) /* of the collector's words in the log */

static const struct registry_kind kind = {.bytes = sizeof(struct traces_counts)};
static struct log_pace drop_pace, refuse_pace;

struct traces_counts *traces_counts_hold(struct registry *registry)
{
    return registry_hold(registry, &kind, TEXT("traces"));
}

void traces_counts_release(struct traces_counts *counts) { registry_release(counts); }

void traces_counts_drop(struct traces_counts *counts, uint64_t spans, struct text reason)
{
    if (spans == 0)
        return;
    tally_add_many(TALLY_SPANS_DROPPED, spans);
    atomic_fetch_add(&counts->untold, spans);
    if (!log_pace_is_due(&drop_pace))
        return;
    atomic_store(&counts->is_down, true);
    log_event("tracing", (struct log_field[]){
                             {"state", .text = TEXT("down")},
                             {"reason", .text = reason},
                             {"dropped", .number = (int64_t)atomic_exchange(&counts->untold, 0)},
                             {0}});
}

void traces_counts_export(struct traces_counts *counts, uint64_t spans)
{
    tally_add_many(TALLY_SPANS_EXPORTED, spans);
    if (!atomic_load(&counts->is_down) || !atomic_exchange(&counts->is_down, false))
        return;
    log_event("tracing", (struct log_field[]){
                             {"state", .text = TEXT("up")},
                             {"dropped", .number = (int64_t)atomic_exchange(&counts->untold, 0)},
                             {0}});
}

void traces_counts_refuse(uint64_t spans, struct text why)
{
    tally_add_many(TALLY_SPANS_DROPPED, spans);
    if (why.len > WHY_BYTES)
        why.len = WHY_BYTES;
    if (!log_pace_is_due(&refuse_pace))
        return;
    log_event("tracing", (struct log_field[]){{"state", .text = TEXT("partial")},
                                              {"message", .text = why},
                                              {"dropped", .number = (int64_t)spans},
                                              {0}});
}
