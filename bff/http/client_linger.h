/*
 * The lingering close. When a socket is closed while its client still sends, the kernel answers the
 * next bytes with a reset, and the reset destroys what the client has not read yet: often the very
 * answer that refuses it. So the connection of such a client stays for a bounded time and amount.
 * It is shut for writing, and what comes is thrown away (RFC 9112 section 9.6).
 *
 * libh2o closes its sockets by h2o_socket_close. This function is replaced by one of ours, in the
 * way that head_hooks.h describes: it keeps a second descriptor of the connection.
 */
#ifndef BFF_HTTP_CLIENT_LINGER_H
#define BFF_HTTP_CLIENT_LINGER_H

#include <stdbool.h>

#include "bff/http/client.h"

#define CLIENT_LINGER_IDLE_MS 5000                     /* without a byte */
#define CLIENT_LINGER_MS 30000                         /* in all */
#define CLIENT_LINGER_BYTES ((size_t)64 * 1024 * 1024) /* that are thrown away */

struct client_linger;

/* Checks that libh2o calls our function. If the program is linked wrongly, this ends the process.
 */
void client_linger_install(void);

/*
 * To be called when the socket of ${client} has been closed. Returns false when the connection is
 * over. Otherwise it lingers, with client->socket as its socket, and ${over} is called once at its
 * end.
 */
bool client_linger_begin(struct client *client, void (*over)(struct client *client));

#endif
