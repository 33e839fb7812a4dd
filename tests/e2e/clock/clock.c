/*
 * bff-clock: bff-web whose clocks are ahead of the real ones. The environment variable CLOCK is the
 * path of a file with eight bytes: by how many nanoseconds, as an integer of this machine. A test
 * may change them while the server runs (lib/clock.mjs).
 *
 * The linker puts the functions here in the place of clock_now_ns, clock_wall_ms and
 * timerfd_settime (--wrap). A timer that was set before the clocks move fires when it would have
 * fired without that.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"

int64_t __real_clock_now_ns(void);
int64_t __real_clock_wall_ms(void);
int __real_timerfd_settime(int fd, int flags, const struct itimerspec *when,
                           struct itimerspec *before);
int64_t __wrap_clock_now_ns(void);
int64_t __wrap_clock_wall_ms(void);
int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *when,
                           struct itimerspec *before);

static const volatile int64_t *ahead;

__attribute__((constructor)) static void open_file(void)
{
    const char *path = getenv("CLOCK");
    int fd = open(path == NULL ? "" : path, O_RDONLY | O_CLOEXEC);

    must(fd >= 0);
    ahead = mmap(NULL, sizeof(*ahead), PROT_READ, MAP_SHARED, fd, 0);
    must(ahead != MAP_FAILED);
    close(fd);
}

int64_t __wrap_clock_now_ns(void) { return __real_clock_now_ns() + *ahead; }

int64_t __wrap_clock_wall_ms(void) { return __real_clock_wall_ms() + *ahead / CLOCK_MS; }

/* A time of zero disarms the timer. */
int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *when,
                           struct itimerspec *before)
{
    int64_t at = when->it_value.tv_sec * CLOCK_S + when->it_value.tv_nsec;
    struct itimerspec real = *when;

    if (at > 0 && (flags & TFD_TIMER_ABSTIME) != 0) {
        at = at - *ahead > 0 ? at - *ahead : 1;
        real.it_value = (struct timespec){.tv_sec = at / CLOCK_S, .tv_nsec = at % CLOCK_S};
    }
    return __real_timerfd_settime(fd, flags, &real, before);
}
