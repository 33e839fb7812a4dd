/* See signals.h. */
#include <signal.h>
#include <stddef.h>
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

/* Before there is anything to reload. */
static void ignore(int number) {}

void signals_begin(void)
{
    struct sigaction action = {.sa_handler = end};
    struct sigaction nothing = {.sa_handler = ignore, .sa_flags = SA_RESTART};
    sigset_t set = all_stops();

    must(sigaction(SIGHUP, &nothing, NULL) == 0);
    signal(SIGXFSZ, SIG_IGN); /* a file that is too long is an error of write(2) */
    for (size_t i = 0; i < STOP_COUNT; i++)
        must(sigaction(stops[i], &action, NULL) == 0);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL); /* the parent process may have blocked them */
}

void signals_hold(void)
{
    sigset_t set = all_stops();

    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

enum signals_event signals_wait(void)
{
    sigset_t stops_only = all_stops(), set = stops_only;
    int number;

    sigaddset(&set, SIGHUP);
    while (sigwait(&set, &number) != 0)
        ;
    if (number == SIGHUP)
        return SIGNALS_RELOAD;
    pthread_sigmask(SIG_UNBLOCK, &stops_only, NULL);
    return SIGNALS_STOP;
}
