/*
 * Drives a worker's timers with a timerfd on CLOCK_MONOTONIC, which the loop watches like a socket.
 * The timerfd is set again only when a wake-up is needed earlier than its current time. So timers
 * that are set and cleared for each request cost almost no system calls.
 */
#ifndef BFF_LOOP_TICKER_H
#define BFF_LOOP_TICKER_H

#include <h2o/socket.h>

#include "bff/loop/timer.h"

struct ticker {
    struct timers timers;
    h2o_socket_t *socket;
};

void ticker_init(struct ticker *ticker, h2o_loop_t *loop);
void ticker_dispose(struct ticker *ticker); /* no timer may be set any more */

#endif
