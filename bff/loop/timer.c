/* See timer.h. A timer is at heap[timer->place - 1]. The timer at heap[0] is due first. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/loop/timer.h"

static void put(struct timers *timers, struct timer *timer, size_t place)
{
    timers->heap[place - 1] = timer;
    timer->place = place;
}

static void sift_up(struct timers *timers, struct timer *timer, size_t place)
{
    while (place > 1 && timers->heap[place / 2 - 1]->at_ns > timer->at_ns) {
        put(timers, timers->heap[place / 2 - 1], place);
        place /= 2;
    }
    put(timers, timer, place);
}

static void sift_down(struct timers *timers, struct timer *timer, size_t place)
{
    for (;;) {
        size_t child = place * 2;
        if (child > timers->count)
            break;
        if (child < timers->count && timers->heap[child]->at_ns < timers->heap[child - 1]->at_ns)
            child++;
        if (timers->heap[child - 1]->at_ns >= timer->at_ns)
            break;
        put(timers, timers->heap[child - 1], place);
        place = child;
    }
    put(timers, timer, place);
}

static void place_again(struct timers *timers, struct timer *timer, size_t place)
{
    if (place > 1 && timers->heap[place / 2 - 1]->at_ns > timer->at_ns)
        sift_up(timers, timer, place);
    else
        sift_down(timers, timer, place);
}

static void ask_wake(struct timers *timers)
{
    int64_t first = timers->heap[0]->at_ns;

    if (first >= timers->armed_ns)
        return;
    timers->armed_ns = first;
    timers->wake_at(timers, first);
}

void timers_init(struct timers *timers, void (*wake_at)(struct timers *timers, int64_t at_ns))
{
    memset(timers, 0, sizeof(*timers));
    timers->armed_ns = INT64_MAX;
    timers->wake_at = wake_at;
}

void timers_dispose(struct timers *timers)
{
    must(timers->count == 0);
    memory_free(timers->heap);
    timers->heap = NULL;
}

static void grow(struct timers *timers)
{
    timers->capacity = timers->capacity == 0 ? 64 : timers->capacity * 2;
    timers->heap = memory_grow(timers->heap, timers->capacity * sizeof(*timers->heap));
}

void timer_set(struct timers *timers, struct timer *timer, int64_t at_ns)
{
    timer->at_ns = at_ns;
    if (timer_is_set(timer)) {
        place_again(timers, timer, timer->place);
    } else {
        if (timers->count == timers->capacity)
            grow(timers);
        sift_up(timers, timer, ++timers->count);
    }
    ask_wake(timers);
}

/* The requested wake-up is not changed. An unnecessary wake-up costs less than a change of the
 * wake-up. */
void timer_clear(struct timers *timers, struct timer *timer)
{
    if (!timer_is_set(timer))
        return;
    size_t place = timer->place;
    struct timer *last = timers->heap[--timers->count];
    timer->place = 0;
    if (last != timer)
        place_again(timers, last, place);
}

void timers_run(struct timers *timers, int64_t now_ns)
{
    timers->armed_ns = INT64_MAX;
    /* If a callback sets a timer for now or for an earlier time, the timer fires in the next call
     * of timers_run. So this loop always ends. */
    for (size_t left = timers->count; left > 0 && timers->count > 0; left--) {
        struct timer *due = timers->heap[0];
        if (due->at_ns > now_ns)
            break;
        timer_clear(timers, due);
        due->fire(due);
    }
    if (timers->count > 0)
        ask_wake(timers);
}
