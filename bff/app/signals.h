/*
 * SIGTERM and SIGINT. The first of these signals while the server runs makes the server drain.
 * Before the server runs, and while it drains, a signal ends the process at once. This file has
 * handlers for that, because the kernel does not deliver a signal without a handler to the first
 * process of a container.
 *
 * SIGHUP asks for a reload, and SIGUSR2 for an upgrade (takeover.h). They never end the process.
 */
#ifndef BFF_APP_SIGNALS_H
#define BFF_APP_SIGNALS_H

/* Installs the handlers. The program calls this function before any other. */
void signals_begin(void);

/* From now on, a signal does nothing until signals_take. To be called before there is another
 * thread. */
void signals_hold(void);

/* Returns a file that can be read when there is a signal to take. It is the same file at each call.
 * To be called after signals_hold. */
int signals_file(void);

enum signals_event {
    SIGNALS_NONE,
    SIGNALS_STOP,
    SIGNALS_RELOAD,  /* SIGHUP */
    SIGNALS_UPGRADE, /* SIGUSR2 */
};

/* Takes the next signal, and does not wait. To be called by the thread that called signals_hold.
 * After SIGNALS_STOP, the next SIGTERM or SIGINT ends the process, and the others do nothing. */
enum signals_event signals_take(void);

#endif
