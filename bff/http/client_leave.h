/*
 * The end of a listener that a new configuration does not name. It stops accepting. No request of
 * its connections is lost:
 *
 *   HTTP/1.1    the next answer has Connection: close. A connection without a request stays open
 * for idle_ms, so that a request which is already on its way gets its answer HTTP/2      the client
 * gets GOAWAY without a last stream, and a second later GOAWAY with the last stream (RFC 9113
 * section 6.8). The connection is closed after its last stream tunnels     go on until one side
 * ends them
 */
#ifndef BFF_HTTP_CLIENT_LEAVE_H
#define BFF_HTTP_CLIENT_LEAVE_H

#include "bff/http/client.h"

/* Accepts the connections that wait, closes the listener, and begins to end its connections.
 * ${listener} may be freed. */
void client_leave(struct worker_listener *listener);

/* To be called when an HTTP/2 request of a listener begins that leaves. The connection gets its
 * GOAWAY, unless it has it already. */
void client_leave_later(h2o_req_t *request, const struct client *client);

#endif
