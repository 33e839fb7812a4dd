/*
 * Protects libh2o's list of timeouts of 0 ms from changes of the wall clock. The entries of this
 * list run at the end of a step of the loop. An entry that is added after the list has run waits
 * for the next step. Then libh2o compares the time of the entry with the wall clock. If an operator
 * has set the wall clock back in the meantime, this entry and all entries after it would wait until
 * the clock has reached the old time again.
 */
#ifndef BFF_LOOP_ZERO_TIMEOUT_H
#define BFF_LOOP_ZERO_TIMEOUT_H

#include <h2o.h>

/* Makes all entries of ${soon} run in the next step of the loop. If there are entries, the loop
 * does not sleep in that step. To be called before each step. */
void zero_timeout_expire(h2o_timeout_t *soon);

#endif
