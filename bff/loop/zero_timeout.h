/*
 * libh2o's timeouts of 0 ms, by which things are done at the end of a step of the loop. What is put
 * there once they have run waits for the next step, and libh2o compares times of the wall clock:
 * when an operator sets that back in between, what waits, and all behind it, waits until the clock
 * has caught up.
 */
#ifndef BFF_LOOP_ZERO_TIMEOUT_H
#define BFF_LOOP_ZERO_TIMEOUT_H

#include <h2o.h>

/* Before each step: whatever is there runs in it, and keeps the loop from sleeping. */
void zero_timeout_expire(h2o_timeout_t *soon);

#endif
