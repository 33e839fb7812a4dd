/*
 * Timers on CLOCK_MONOTONIC, in a binary heap; one set for each worker. Setting and clearing cost
 * no system call unless the new deadline is the earliest of all. The loop that drives a set calls
 * timers_run when it is due (bff/loop/ticker.c does so by a timerfd; a test calls it by hand).
 *
 * libh2o's own timeouts run on the wall clock, which an operator may set back; nothing of ours
 * depends on them.
 */
#ifndef BFF_LOOP_TIMER_H
#define BFF_LOOP_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Embedded in what it times; all zero means: not set. */
struct timer {
    int64_t at_ns;
    size_t place; /* in the heap, counted from 1; 0: not set */
    void (*fire)(struct timer *timer);
};

struct timers {
    struct timer **heap;
    size_t count, capacity;
    int64_t armed_ns; /* the wake-up asked for; INT64_MAX: none */
    void (*wake_at)(struct timers *timers, int64_t at_ns);
};

/* ${wake_at} is asked for a call of timers_run at a time; a later request replaces an earlier. */
void timers_init(struct timers *timers, void (*wake_at)(struct timers *timers, int64_t at_ns));
void timers_dispose(struct timers *timers);

/* Sets or moves ${timer}; ${timer->fire} is called once, not before ${at_ns}, never from here. */
void timer_set(struct timers *timers, struct timer *timer, int64_t at_ns);

/* Afterwards ${timer} does not fire. Clearing one that is not set does nothing. */
void timer_clear(struct timers *timers, struct timer *timer);

static inline bool timer_is_set(const struct timer *timer) { return timer->place != 0; }

/* Fires what is due at ${now_ns}, earliest first, and asks for the next wake-up. */
void timers_run(struct timers *timers, int64_t now_ns);

#endif
