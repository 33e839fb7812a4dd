/*
 * Drives a worker's timers with a timerfd on CLOCK_MONOTONIC, which the loop watches like a socket.
 * The timerfd is set again only when a wake-up is needed earlier than its current time. So timers
 * that are set and cleared for each request cost almost no system calls. A timer that is due when
 * it is set costs none.
 *
 * The timers run at the end of a step of the loop, after everything that the step has read. This
 * matters when the thread had no time for a while, for example because the machine was paused: an
 * answer that has come in the meantime is read before the limit for it is looked at.
 */
#ifndef BFF_LOOP_TICKER_H
#define BFF_LOOP_TICKER_H

#include <h2o.h>

#include "bff/loop/timer.h"

struct ticker {
    struct timers timers;
    h2o_socket_t *socket;

    /* ticker.c's own */
    h2o_loop_t *loop;
    h2o_timeout_t soon;
    h2o_timeout_entry_t end_of_step;
    int64_t set_ns;    /* when the timerfd fires; INT64_MAX: not */
    int64_t ticked_ns; /* when the timers were found to be due */
    unsigned steps;    /* of the loop that come before the timers */
    bool is_ending;    /* the end of a step is run */
};

/* To be called after all other timeouts of ${loop} have been added. */
void ticker_init(struct ticker *ticker, h2o_loop_t *loop);

/* To be called before each step of the loop (see zero_timeout.h). */
void ticker_expire(struct ticker *ticker);

void ticker_dispose(struct ticker *ticker); /* no timer may be set any more */

#endif
