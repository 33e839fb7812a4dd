/*
 * Timers on CLOCK_MONOTONIC, in a binary heap. Each worker has one set. Setting and clearing a
 * timer costs no system call, unless the new deadline is the earliest of all. The loop calls
 * timers_run when a timer is due (bff/loop/ticker.c does that with a timerfd; tests call it
 * directly).
 *
 * libh2o's own timeouts use the wall clock, which an operator may set back. We do not depend on
 * them.
 */
#ifndef BFF_LOOP_TIMER_H
#define BFF_LOOP_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A timer, embedded in the struct of its owner. A timer that is all zero is not set. */
struct timer {
    int64_t at_ns;
    size_t place; /* position in the heap, counted from 1; 0: not set */
    void (*fire)(struct timer *timer);
};

struct timers {
    struct timer **heap;
    size_t count, capacity;
    int64_t armed_ns; /* time of the requested wake-up; INT64_MAX: none */
    void (*wake_at)(struct timers *timers, int64_t at_ns);
};

/* Makes an empty set of timers. The set calls ${wake_at} to request a call of timers_run at the
 * time ${at_ns}. A new request replaces the last one. */
void timers_init(struct timers *timers, void (*wake_at)(struct timers *timers, int64_t at_ns));
void timers_dispose(struct timers *timers);

/* Sets ${timer}, or sets it to another time. timer->fire is called once, not before ${at_ns}, and
 * never from inside this function. */
void timer_set(struct timers *timers, struct timer *timer, int64_t at_ns);

/* Clears ${timer}: it does not fire any more. Does nothing for a timer that is not set. */
void timer_clear(struct timers *timers, struct timer *timer);

static inline bool timer_is_set(const struct timer *timer) { return timer->place != 0; }

/* Fires the timers that are due at ${now_ns}, the earliest first, and requests the next wake-up. */
void timers_run(struct timers *timers, int64_t now_ns);

#endif
