/*
 * Ends connections of clients that are too slow, or that only waste work. libh2o has one timeout
 * for everything that it reads, and none for what it writes. So each worker checks its clients from
 * time to time. This adds no cost to a request. These connections end:
 * - the client takes its answers too slowly: while some of them is not taken, fewer than min_rate
 *   bytes a second over stall_ms. All answers of a connection count together, and only their bodies
 *   over HTTP/2: frames that open a window by one byte, or ask for an answer like PING, do not help
 * - a head takes longer than header_ms, or no byte of a body comes for body_ms
 * - there is no request for idle_ms
 * - the client sends bytes that do not become requests: endless PING, SETTINGS, CONTINUATION and
 *   other frames, or bodies that are never finished. More than wasted_bytes of them are too many; a
 *   share of what is written to the client, and 64 KiB a second, do not count.
 * Connections of the first and the last kind are cut. The others are closed as if the client had
 * left.
 */
#ifndef BFF_HTTP_SLOW_CLIENT_H
#define BFF_HTTP_SLOW_CLIENT_H

struct worker;

/* Begins to check the clients of ${worker} regularly. */
void slow_client_watch(struct worker *worker);

#endif
