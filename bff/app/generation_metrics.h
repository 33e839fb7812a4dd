/* The part of a generation that says what is counted by name (bff/observe/metrics.h). */
#ifndef BFF_APP_GENERATION_METRICS_H
#define BFF_APP_GENERATION_METRICS_H

#include "bff/app/generation.h"

/* Sets generation->metrics when there are admin pages, which show the counts. To be called when
 * generation->dispatch has been filled. */
void generation_metrics_prepare(struct generation *generation);

#endif
