/* See signals.h. */
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "bff/base/check.h"

#include "bff/app/signals.h"

#define EXIT_BY_SIGNAL 128 /* and the signal's number, as shells have it */

static const int stops[] = {SIGTERM, SIGINT};

#define STOP_COUNT (sizeof(stops) / sizeof(stops[0]))

/* The handler is gone when this runs (SA_RESETHAND): whoever waits for us sees what ended us. */
static void end(int number)
{
    raise(number);
    _exit(EXIT_BY_SIGNAL + number); /* the first process of a container gets here */
}

static sigset_t all_stops(void)
{
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < STOP_COUNT; i++)
        sigaddset(&set, stops[i]);
    return set;
}

void signals_begin(void)
{
    struct sigaction action = {.sa_handler = end, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER)};

    for (size_t i = 0; i < STOP_COUNT; i++)
        must(sigaction(stops[i], &action, NULL) == 0);
}

void signals_hold(void)
{
    sigset_t set = all_stops();

    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void signals_wait(void)
{
    sigset_t set = all_stops();
    int number;

    while (sigwait(&set, &number) != 0)
        ;
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
