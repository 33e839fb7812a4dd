/* See ticker.h. */
#include <sys/timerfd.h>
#include <unistd.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/loop/ticker.h"
#include "bff/loop/zero_timeout.h"

#define SECOND_NS (1000 * CLOCK_MS)

/* When a timer fires so late, this thread had no time. There may be more files with news than one
 * step of libh2o's loop looks at (256). So the timers wait for some more steps. */
#define LATE_NS (100 * CLOCK_MS)
#define LATE_STEPS 8

/* A time of zero would disarm the timerfd, so the smallest time is one nanosecond. */
static void wake_at(struct timers *timers, int64_t at_ns)
{
    struct ticker *ticker = H2O_STRUCT_FROM_MEMBER(struct ticker, timers, timers);
    int64_t at = at_ns > 0 ? at_ns : 1;
    struct itimerspec when = {.it_value = {.tv_sec = at / SECOND_NS, .tv_nsec = at % SECOND_NS}};

    must(timerfd_settime(h2o_socket_get_fd(ticker->socket), TFD_TIMER_ABSTIME, &when, NULL) == 0);
}

/* The entries of ${soon} run at the end of a step of the loop. */
static void on_end_of_step(h2o_timeout_entry_t *entry)
{
    struct ticker *ticker = H2O_STRUCT_FROM_MEMBER(struct ticker, end_of_step, entry);

    if (ticker->steps == 0) {
        timers_run(&ticker->timers, ticker->ticked_ns);
        return;
    }
    ticker->steps--;
    h2o_timeout_link(ticker->loop, &ticker->soon, entry);
    entry->registered_at = UINT64_MAX; /* until ticker_expire: not in this step */
}

static bool is_late(const struct ticker *ticker)
{
    const struct timers *timers = &ticker->timers;

    return timers->count > 0 && ticker->ticked_ns - timers->heap[0]->at_ns > LATE_NS;
}

static void on_tick(h2o_socket_t *socket, const char *error)
{
    struct ticker *ticker = socket->data;
    uint64_t expirations;

    /* If the timerfd was set again after it had become readable, there is nothing to read. */
    if (read(h2o_socket_get_fd(socket), &expirations, sizeof(expirations)) < 0)
        return;
    ticker->ticked_ns = clock_now_ns();
    ticker->steps = is_late(ticker) ? LATE_STEPS : 0;
    if (!h2o_timeout_is_linked(&ticker->end_of_step))
        h2o_timeout_link(ticker->loop, &ticker->soon, &ticker->end_of_step);
}

void ticker_init(struct ticker *ticker, h2o_loop_t *loop)
{
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

    must(fd != -1);
    timers_init(&ticker->timers, wake_at);
    ticker->loop = loop;
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
