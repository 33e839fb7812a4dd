/*
 * Clients that keep a connection and make nothing of it. libh2o has one timeout for all that it
 * reads and none for what it writes; so a worker looks at its clients from time to time (which
 * costs a request nothing) and ends those that
 * - do not take their answer (stall_ms without a byte acknowledged),
 * - send a head (header_ms) or a body (body_ms without some more of it) too slowly,
 * - have no request (idle_ms),
 * - send what becomes no request: PING, SETTINGS, CONTINUATION and other frames without end, bodies
 *   that are never finished (wasted_bytes, from which a part of what is written to the client and
 *   64 KiB a second are forgiven).
 * Only the first and the last are cut off; the others are closed as if they had left.
 */
#ifndef BFF_HTTP_SLOW_CLIENT_H
#define BFF_HTTP_SLOW_CLIENT_H

struct worker;

/* Begins to look at a worker's clients. */
void slow_client_watch(struct worker *worker);

#endif
