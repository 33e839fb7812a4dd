/*
 * SIGTERM and SIGINT. The first of these signals while the server runs makes the server drain.
 * Before the server runs, and while it drains, a signal ends the process at once. This file has
 * handlers for that, because the kernel does not deliver a signal without a handler to the first
 * process of a container.
 *
 * SIGHUP asks for a reload. It never ends the process.
 */
#ifndef BFF_APP_SIGNALS_H
#define BFF_APP_SIGNALS_H

/* Installs the handlers. The program calls this function before any other. */
void signals_begin(void);

/* From now on, a signal does nothing until signals_wait. To be called before there is another
 * thread. */
void signals_hold(void);

enum signals_event {
    SIGNALS_STOP,
    SIGNALS_RELOAD, /* SIGHUP */
};

/* Waits for a signal. To be called by the thread that called signals_hold. After SIGNALS_STOP, the
 * next SIGTERM or SIGINT ends the process. */
enum signals_event signals_wait(void);

#endif
