/*
 * Ends connections of clients that are too slow, or that only waste work. libh2o has one timeout
 * for everything that it reads, and no timeout for what it writes. So each worker checks its
 * clients regularly. This adds no cost to a request. A connection is ended if:
 * - the client does not take its answers: while bytes of them wait, it takes fewer than min_rate
 *   bytes a second over stall_ms. All answers of the connection count together. Over HTTP/2 only
 *   bodies count, so the client gains nothing by PING, SETTINGS, or windows that open by one byte
 * - a head takes longer than header_ms, or a body makes no progress for body_ms
 * - there is no request for idle_ms
 * - the client sends too many bytes that do not become requests: endless PING, SETTINGS,
 *   CONTINUATION and other frames, or bodies that are never finished. The limit is wasted_bytes
 *   plus the size of one body. 64 KiB a second are not counted, and one byte is not counted for
 *   every eight bytes that are written to the client.
 * In the first and in the last case the connection is cut. In the other cases it is closed as if
 * the client had left.
 */
#ifndef BFF_HTTP_SLOW_CLIENT_H
#define BFF_HTTP_SLOW_CLIENT_H

struct worker;

/* Makes ${worker} check its clients regularly. */
void slow_client_watch(struct worker *worker);

#endif
