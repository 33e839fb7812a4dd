/*
 * Listening sockets that another process gave to this one when it started it: systemd
 * (sd_listen_fds(3)), or the server of which this process is the successor (bff/app/successor.h).
 * They begin at descriptor 3. LISTEN_FDS says how many they are, and LISTEN_PID for which process
 * they are. listen_open uses them before it opens sockets of its own.
 *
 * Only the first thread calls these functions.
 */
#ifndef BFF_HTTP_LISTEN_INHERITED_H
#define BFF_HTTP_LISTEN_INHERITED_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/http/listen.h"

#define LISTEN_INHERITED_WRONG_SIZE 128
#define LISTEN_INHERITED_FIRST 3 /* the first descriptor, as sd_listen_fds(3) says it */
#define LISTEN_INHERITED_TAKEN '1'
#define LISTEN_INHERITED_LEFT '0'

/*
 * Reads the two variables and removes them from the environment, with LISTEN_FDNAMES. Does nothing
 * when they are missing, or when they are for another process. To be called once, before any thread
 * is started. ${owns_files}: the files of unix sockets now belong to this process, which removes
 * them at its end. Returns 0; or -1, and then ${wrong} says what is wrong.
 */
int listen_inherited_begin(bool owns_files, char wrong[LISTEN_INHERITED_WRONG_SIZE]);

/*
 * Gives the sockets on the address of ${listen} to it: sets its address, fds and fd_count. There is
 * room for ${room} descriptors in fds, or for as many as were found. An address with port 0 gets
 * the sockets of the first port of that host which nobody has taken. Returns the number of sockets;
 * 0: there are none, and ${listen} is not changed.
 */
size_t listen_inherited_take(struct listen *listen, size_t room);

/* True when there is a socket that no listener has taken; writes its address to ${where}. */
bool listen_inherited_is_left(char where[LISTEN_URL_SIZE]);

/* Closes the sockets that no listener has taken. From now on, no listener gets one. */
void listen_inherited_end(void);

/* Writes one letter for each descriptor that this process got: LISTEN_INHERITED_TAKEN or
 * LISTEN_INHERITED_LEFT. Returns their number. ${out} must have room for ${size} letters; the rest
 * is not written. */
size_t listen_inherited_report(char *out, size_t size);

#endif
