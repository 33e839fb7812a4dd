/*
 * bff-clock: bff-web whose clocks are ahead of the real ones. The environment variable CLOCK is the
 * path of a file with eight bytes: by how many nanoseconds, as an integer of this machine. A test
 * may change them while the server runs (lib/clock.mjs). Timers that are set notice that.
 *
 * The linker puts the functions here in the place of clock_now_ns, clock_wall_ms, timerfd_settime
 * and sem_clockwait (--wrap).
 */
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"

#define FILES 1024 /* timers have descriptors below this number */

int64_t __real_clock_now_ns(void);
int64_t __real_clock_wall_ms(void);
int __real_timerfd_settime(int fd, int flags, const struct itimerspec *when,
                           struct itimerspec *before);
int __real_sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *until);
int64_t __wrap_clock_now_ns(void);
int64_t __wrap_clock_wall_ms(void);
int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *when,
                           struct itimerspec *before);
int __wrap_sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *until);

static const _Atomic int64_t *ahead;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct itimerspec files[FILES]; /* the timers that were set, by their moved time; else 0 */

/* The time of the real clock at which the moved one shows ${time}. It is never 0, which would
 * disarm a timer. */
static struct timespec real_time(const struct timespec *time)
{
    int64_t at = time->tv_sec * CLOCK_S + time->tv_nsec - atomic_load(ahead);

    return at > 0 ? (struct timespec){.tv_sec = at / CLOCK_S, .tv_nsec = at % CLOCK_S}
                  : (struct timespec){.tv_nsec = 1};
}

static bool is_set(const struct itimerspec *when)
{
    return when->it_value.tv_sec != 0 || when->it_value.tv_nsec != 0;
}

static int set_file(int fd, struct itimerspec *before)
{
    struct itimerspec real = files[fd];

    if (is_set(&real))
        real.it_value = real_time(&files[fd].it_value);
    return __real_timerfd_settime(fd, TFD_TIMER_ABSTIME, &real, before);
}

/* Sets the timers again when the clocks have moved. */
static void *watch(void *none)
{
    int64_t seen = atomic_load(ahead);

    for (;;) {
        nanosleep(&(struct timespec){.tv_nsec = 2 * CLOCK_MS}, NULL);
        if (atomic_load(ahead) == seen)
            continue;
        seen = atomic_load(ahead);
        pthread_mutex_lock(&lock);
        for (int fd = 0; fd < FILES; fd++)
            if (is_set(&files[fd]))
                set_file(fd, NULL);
        pthread_mutex_unlock(&lock);
    }
    return none;
}

/* The thread gets no signals: the server waits for them in its first thread. */
static void start_watch(void)
{
    pthread_t thread;
    sigset_t all, before;

    sigfillset(&all);
    must(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
    must(pthread_create(&thread, NULL, watch, NULL) == 0 && pthread_detach(thread) == 0);
    must(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
}

__attribute__((constructor)) static void open_file(void)
{
    const char *path = getenv("CLOCK");
    int fd = open(path == NULL ? "" : path, O_RDONLY | O_CLOEXEC);

    must(fd >= 0);
    ahead = mmap(NULL, sizeof(*ahead), PROT_READ, MAP_SHARED, fd, 0);
    must((const void *)ahead != MAP_FAILED);
    close(fd);
    start_watch();
}

int64_t __wrap_clock_now_ns(void) { return __real_clock_now_ns() + atomic_load(ahead); }

int64_t __wrap_clock_wall_ms(void)
{
    return __real_clock_wall_ms() + atomic_load(ahead) / CLOCK_MS;
}

int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *when,
                           struct itimerspec *before)
{
    must(flags == TFD_TIMER_ABSTIME && fd < FILES);
    pthread_mutex_lock(&lock);
    files[fd] = *when;
    int result = set_file(fd, before);
    pthread_mutex_unlock(&lock);
    return result;
}

int __wrap_sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *until)
{
    struct timespec real = real_time(until);

    return __real_sem_clockwait(semaphore, clock, &real);
}
