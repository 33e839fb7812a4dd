/* What became of the spans of all workers, for the log and the metrics (tally.h). It belongs to the
 * process and survives a new configuration. */
#ifndef BFF_OBSERVE_TRACES_COUNTS_H
#define BFF_OBSERVE_TRACES_COUNTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bff/base/registry.h"

struct traces_counts {
    _Atomic uint64_t untold; /* spans that were lost, and that no event has told of yet */
    _Atomic bool is_down;    /* the last event said that the collector does not take spans */
};

/* Returns the counts, with one reference. */
struct traces_counts *traces_counts_hold(struct registry *registry);
void traces_counts_release(struct traces_counts *counts);

/* ${spans} were lost, because of ${reason}: a word for the log. Logs the event "tracing", at most
 * once a minute. */
void traces_counts_drop(struct traces_counts *counts, uint64_t spans, struct text reason);

/* The collector has taken ${spans}. Logs the event "tracing" when the last one said that it does
 * not. */
void traces_counts_export(struct traces_counts *counts, uint64_t spans);

/* The collector has taken a batch, but refused ${spans} of it, and says ${why}. It may also have
 * taken all of it, with a warning. Logs the event "tracing", at most once a minute. */
void traces_counts_refuse(uint64_t spans, struct text why);

#endif
