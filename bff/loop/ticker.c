/* See ticker.h. */
#include <sys/timerfd.h>
#include <unistd.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/loop/ticker.h"

#define SECOND_NS (1000 * CLOCK_MS)

/* A time of zero would disarm the timerfd, so the smallest time is one nanosecond. */
static void wake_at(struct timers *timers, int64_t at_ns)
{
    struct ticker *ticker = H2O_STRUCT_FROM_MEMBER(struct ticker, timers, timers);
    int64_t at = at_ns > 0 ? at_ns : 1;
    struct itimerspec when = {.it_value = {.tv_sec = at / SECOND_NS, .tv_nsec = at % SECOND_NS}};

    must(timerfd_settime(h2o_socket_get_fd(ticker->socket), TFD_TIMER_ABSTIME, &when, NULL) == 0);
}

static void on_tick(h2o_socket_t *socket, const char *error)
{
    struct ticker *ticker = socket->data;
    uint64_t expirations;

    /* If the timerfd was set again after it had become readable, there is nothing to read. */
    if (read(h2o_socket_get_fd(socket), &expirations, sizeof(expirations)) < 0)
        return;
    timers_run(&ticker->timers, clock_now_ns());
}

void ticker_init(struct ticker *ticker, h2o_loop_t *loop)
{
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

    must(fd != -1);
    timers_init(&ticker->timers, wake_at);
    ticker->socket = h2o_evloop_socket_create(loop, fd, H2O_SOCKET_FLAG_DONT_READ);
    ticker->socket->data = ticker;
    h2o_socket_read_start(ticker->socket, on_tick);
}

void ticker_dispose(struct ticker *ticker)
{
    h2o_socket_close(ticker->socket);
    timers_dispose(&ticker->timers);
}
