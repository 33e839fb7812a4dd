/*
 * libh2o's list of timeouts of 0 ms, whose entries run at the end of a step of the loop. An entry
 * that is added after the list has run waits for the next step, and libh2o compares its time with
 * the wall clock. When an operator sets the wall clock back in the meantime, that entry and all
 * entries after it would wait until the clock has reached the old time again.
 */
#ifndef BFF_LOOP_ZERO_TIMEOUT_H
#define BFF_LOOP_ZERO_TIMEOUT_H

#include <h2o.h>

/* Called before each step of the loop. All entries of the list run in that step, and the loop does
 * not sleep. */
void zero_timeout_expire(h2o_timeout_t *soon);

#endif
