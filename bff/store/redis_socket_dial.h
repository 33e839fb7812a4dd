/* Between redis_socket.c and redis_socket_dial.c. */
#ifndef BFF_STORE_REDIS_SOCKET_DIAL_H
#define BFF_STORE_REDIS_SOCKET_DIAL_H

#include "bff/store/redis_socket.h"

/* The connection works. Calls opened. To be called from the loop. */
void redis_socket_opened(struct redis_socket *socket);

/* Writes what waits. To be called from the loop. */
void redis_socket_flush(struct redis_socket *socket);

/* The connection has failed. Calls broken at the end of this step. */
void redis_socket_fail(struct redis_socket *socket, enum redis_fault fault);

#endif
