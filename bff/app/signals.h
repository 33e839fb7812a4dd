/*
 * SIGTERM and SIGINT. The first one while the server runs makes it drain. Before the server runs,
 * and while it drains, a signal ends the process at once. That is true for the first process of a
 * container, too: the kernel does not deliver it signals that have no handler.
 *
 * SIGHUP asks for a reload. It never ends the process.
 */
#ifndef BFF_APP_SIGNALS_H
#define BFF_APP_SIGNALS_H

/* The program calls it before anything else. */
void signals_begin(void);

/* From now on the signals wait for signals_wait. To be called before there is another thread. */
void signals_hold(void);

enum signals_event {
    SIGNALS_STOP,
    SIGNALS_RELOAD, /* SIGHUP */
};

/* Waits for a signal. To be called by the thread that called signals_hold. After SIGNALS_STOP, a
 * second signal to stop ends the process. SIGHUP never does. */
enum signals_event signals_wait(void);

#endif
