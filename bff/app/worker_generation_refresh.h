/* The refreshes of sessions of one worker and one generation. */
#ifndef BFF_APP_WORKER_GENERATION_REFRESH_H
#define BFF_APP_WORKER_GENERATION_REFRESH_H

#include "bff/app/worker_generation.h"

/* Makes own->dispatch.refreshes, when the configuration has sessions. All other members of
 * own->dispatch must be there. */
void worker_generation_refresh_prepare(struct worker_generation *own, struct worker *worker);

#endif
