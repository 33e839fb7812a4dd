/*
 * Tells the service manager that started us how far we are, as systemd has it (sd_notify(3)): a
 * datagram to the socket that NOTIFY_SOCKET names. Nobody waits for an answer.
 */
#ifndef BFF_APP_NOTIFY_H
#define BFF_APP_NOTIFY_H

#define NOTIFY_READY "READY=1"
#define NOTIFY_STOPPING "STOPPING=1"

/* Sends ${state}; without NOTIFY_SOCKET: nothing. What fails is told on standard error, and keeps
 * nobody from serving. */
void notify_send(const char *state);

#endif
