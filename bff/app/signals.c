/* See signals.h. */
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "bff/base/check.h"

#include "bff/app/signals.h"

#define EXIT_BY_SIGNAL 128 /* plus the number of the signal, as in shells */

static const int stops[] = {SIGTERM, SIGINT};

#define STOP_COUNT (sizeof(stops) / sizeof(stops[0]))

static sigset_t all_stops(void)
{
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < STOP_COUNT; i++)
        sigaddset(&set, stops[i]);
    return set;
}

/* Ends the process by the signal itself, so that the parent process sees which signal it was, as if
 * there were no handler. */
static void end(int number)
{
    sigset_t set = all_stops();

    signal(number, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
    _exit(EXIT_BY_SIGNAL + number); /* reached only in the first process of a container, which the
                                       signal does not end */
}

/* Before there is anything to reload or to upgrade. */
static void ignore(int number) {}

void signals_begin(void)
{
    struct sigaction action = {.sa_handler = end};
    struct sigaction nothing = {.sa_handler = ignore, .sa_flags = SA_RESTART};
    sigset_t set = all_stops();

    must(sigaction(SIGHUP, &nothing, NULL) == 0 && sigaction(SIGUSR2, &nothing, NULL) == 0);
    signal(SIGXFSZ, SIG_IGN); /* a file that is too long is an error of write(2) */
    for (size_t i = 0; i < STOP_COUNT; i++)
        must(sigaction(stops[i], &action, NULL) == 0);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL); /* the parent process may have blocked them */
}

static sigset_t all_signals(void)
{
    sigset_t set = all_stops();

    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGUSR2);
    return set;
}

static int file = -1;

void signals_hold(void)
{
    sigset_t set = all_signals();

    pthread_sigmask(SIG_BLOCK, &set, NULL);
    file = signalfd(file, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    must(file != -1);
}

int signals_file(void) { return file; }

enum signals_event signals_take(void)
{
    struct signalfd_siginfo taken;
    sigset_t set = all_stops();

    if (read(file, &taken, sizeof(taken)) != sizeof(taken))
        return SIGNALS_NONE;
    if (taken.ssi_signo == SIGHUP)
        return SIGNALS_RELOAD;
    if (taken.ssi_signo == SIGUSR2)
        return SIGNALS_UPGRADE;
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    return SIGNALS_STOP;
}
