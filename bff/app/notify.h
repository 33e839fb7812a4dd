/*
 * Reports the state of this server to the service manager that started it. It uses the protocol of
 * systemd (sd_notify(3)): a datagram to the socket that the environment variable NOTIFY_SOCKET
 * names. There is no answer.
 */
#ifndef BFF_APP_NOTIFY_H
#define BFF_APP_NOTIFY_H

#define NOTIFY_READY "READY=1"
#define NOTIFY_MAINPID "MAINPID=" /* and a number */
#define NOTIFY_STOPPING "STOPPING=1"
#define NOTIFY_RELOADING "RELOADING=1\nMONOTONIC_USEC=%lld" /* the time: clock_now_ns() / 1000 */

/* Sends ${state}. Without NOTIFY_SOCKET it does nothing. A failure is reported on standard error
 * and has no other effect. */
void notify_send(const char *state);

#endif
