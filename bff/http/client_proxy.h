/*
 * Reads the header of the PROXY protocol (proxy_header.h) at the beginning of a client's
 * connection, on listeners that have one. Only trusted proxies may send it. After the header, the
 * connection has the address that the proxy has named, for limits, logs and services.
 */
#ifndef BFF_HTTP_CLIENT_PROXY_H
#define BFF_HTTP_CLIENT_PROXY_H

#include "bff/http/client.h"

/*
 * Reads the header from the socket of ${client}, and no byte after it. Then calls ${known}: at
 * once, or later from the loop. A connection that is not of a trusted proxy, or does not begin with
 * a header, is closed, and ${known} is not called; the log has an event. The header must be
 * complete within limits.header_ms, as slow_client.c sees to it.
 */
void client_proxy_begin(struct client *client, void (*known)(struct client *client));

/* Frees what ${client} has while its header is read. To be called when the connection is closed. */
void client_proxy_end(struct client *client);

#endif
