/*
 * SIGTERM and SIGINT. The first one while the server runs asks it to drain; any other ends the
 * process at once: before it serves, and while it drains. That holds for the first process of a
 * container, too, which the kernel spares signals that it has no handler for.
 */
#ifndef BFF_APP_SIGNALS_H
#define BFF_APP_SIGNALS_H

/* The first thing of the program. */
void signals_begin(void);

/* They are kept for signals_wait from now on. To be called before there is another thread. */
void signals_hold(void);

/* Waits for the first one. By the thread that called signals_hold. */
void signals_wait(void);

#endif
