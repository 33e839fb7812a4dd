/* See ticker.h. */
#include <sys/timerfd.h>
#include <unistd.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/loop/ticker.h"
#include "bff/loop/zero_timeout.h"

/* When a timer fires so late, this thread had no time. There may be more files with news than one
 * step of libh2o's loop looks at (256). So the timers wait for some more steps. */
#define LATE_NS (100 * CLOCK_MS)
#define LATE_STEPS 8

/* A time of zero would disarm the timerfd, so the smallest time is one nanosecond. When the timerfd
 * fires earlier anyway, it stays as it is. */
static void set_file(struct ticker *ticker, int64_t at_ns)
{
    int64_t at = at_ns > 0 ? at_ns : 1;
    struct itimerspec when = {.it_value = {.tv_sec = at / CLOCK_S, .tv_nsec = at % CLOCK_S}};

    if (ticker->set_ns <= at)
        return;
    ticker->set_ns = at;
    must(timerfd_settime(h2o_socket_get_fd(ticker->socket), TFD_TIMER_ABSTIME, &when, NULL) == 0);
}

/* Runs the timers at the end of this step of the loop, or ${steps} after that. At the end of a
 * step, the next one counts as this one. */
static void run_after(struct ticker *ticker, unsigned steps)
{
    ticker->steps = steps;
    if (!h2o_timeout_is_linked(&ticker->end_of_step))
        h2o_timeout_link(ticker->loop, &ticker->soon, &ticker->end_of_step);
    if (ticker->is_ending)
        ticker->end_of_step.registered_at = UINT64_MAX; /* until ticker_expire */
}

/* The entries of ${soon} run at the end of a step of the loop. */
static void on_end_of_step(h2o_timeout_entry_t *entry)
{
    struct ticker *ticker = H2O_STRUCT_FROM_MEMBER(struct ticker, end_of_step, entry);

    ticker->is_ending = true;
    if (ticker->steps == 0)
        timers_run(&ticker->timers, ticker->ticked_ns);
    else
        run_after(ticker, ticker->steps - 1);
    ticker->is_ending = false;
}

static bool is_late(const struct ticker *ticker)
{
    const struct timers *timers = &ticker->timers;

    return timers->count > 0 && ticker->ticked_ns - timers->heap[0]->at_ns > LATE_NS;
}

/* Runs the timers at the end of this step; when they are late, some steps after that. */
static void run_soon(struct ticker *ticker, int64_t now_ns)
{
    ticker->ticked_ns = now_ns;
    run_after(ticker, is_late(ticker) ? LATE_STEPS : 0);
}

/* A timer that is due already needs no timerfd. Pages whose values are all known set such timers.
 */
static void wake_at(struct timers *timers, int64_t at_ns)
{
    struct ticker *ticker = H2O_STRUCT_FROM_MEMBER(struct ticker, timers, timers);
    int64_t now_ns = clock_now_ns();

    if (at_ns <= now_ns)
        run_soon(ticker, now_ns);
    else
        set_file(ticker, at_ns);
}

static void on_tick(h2o_socket_t *socket, const char *error)
{
    struct ticker *ticker = socket->data;
    uint64_t expirations;

    /* If the timerfd was set again after it had become readable, there is nothing to read. */
    if (read(h2o_socket_get_fd(socket), &expirations, sizeof(expirations)) < 0)
        return;
    ticker->set_ns = INT64_MAX;
    run_soon(ticker, clock_now_ns());
}

void ticker_init(struct ticker *ticker, h2o_loop_t *loop)
{
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

    must(fd != -1);
    timers_init(&ticker->timers, wake_at);
    ticker->loop = loop;
    ticker->set_ns = INT64_MAX;
    ticker->is_ending = false;
    h2o_timeout_init(loop, &ticker->soon, 0);
    ticker->end_of_step = (h2o_timeout_entry_t){.cb = on_end_of_step};
    ticker->socket = h2o_evloop_socket_create(loop, fd, H2O_SOCKET_FLAG_DONT_READ);
    ticker->socket->data = ticker;
    h2o_socket_read_start(ticker->socket, on_tick);
}

void ticker_expire(struct ticker *ticker) { zero_timeout_expire(&ticker->soon); }

void ticker_dispose(struct ticker *ticker)
{
    h2o_timeout_unlink(&ticker->end_of_step);
    h2o_timeout_dispose(ticker->loop, &ticker->soon);
    h2o_socket_close(ticker->socket);
    timers_dispose(&ticker->timers);
}
