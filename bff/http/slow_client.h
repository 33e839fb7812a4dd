/*
 * Ends connections of clients that are too slow, or that only waste work. libh2o has one timeout
 * for everything that it reads, and no timeout for what it writes. So each worker checks its
 * clients regularly. This adds no cost to a request. A connection is ended if:
 * - the client does not take its answer: no byte is acknowledged for stall_ms
 * - a head takes longer than header_ms, or no byte of a body comes for body_ms
 * - there is no request for idle_ms
 * - the client sends bytes that do not become requests: endless PING, SETTINGS, CONTINUATION and
 *   other frames, or bodies that are never finished. More than wasted_bytes of them are too many; a
 *   share of what is written to the client, and 64 KiB a second, do not count.
 * In the first and in the last case the connection is cut. In the other cases it is closed as if
 * the client had left.
 */
#ifndef BFF_HTTP_SLOW_CLIENT_H
#define BFF_HTTP_SLOW_CLIENT_H

struct worker;

/* Makes ${worker} check its clients regularly. */
void slow_client_watch(struct worker *worker);

#endif
