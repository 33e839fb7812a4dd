/* What a run says about itself before it is over, for answers that are sent as parts settle. */
#ifndef BFF_COMPOSE_RUN_TELL_H
#define BFF_COMPOSE_RUN_TELL_H

#include <stdbool.h>

#include "bff/compose/run.h"

/* True when the answer cannot be an error any more: no required part can be rejected, and the
 * client may see the answer. */
bool run_tell_is_certain(const struct run *run);

/* For run.c. Calls the user's ${told} if parts have settled since the last call. */
void run_tell(struct run *run);

#endif
