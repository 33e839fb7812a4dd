/*
 * The deadline that the client of a request states. The field X-Request-Deadline-Ms says how many
 * milliseconds the client waits for the answer. It is used only when it comes from a trusted proxy
 * (request_peer.is_trusted).
 *
 * A deadline only makes our own limits shorter. So a value that is not a whole number is ignored,
 * and the request is served with our own limits. 0 and negative numbers mean that the deadline has
 * passed. When the field occurs several times, the earliest deadline counts.
 */
#ifndef BFF_EDGE_DEADLINE_H
#define BFF_EDGE_DEADLINE_H

#include <stdint.h>

#include "bff/base/text.h"
#include "bff/http/request.h"

#define DEADLINE_NONE (-1)

/* Reads the value of the field. Returns the milliseconds, 0 for a negative number, and
 * DEADLINE_NONE for a value that is not a whole number or is more than a day. */
int64_t deadline_read(struct text value);

/* Returns the deadline of ${request}, which has come at ${now_ns}, as a time of clock_now_ns; 0: it
 * has none. */
int64_t deadline_find(const struct request *request, int64_t now_ns);

#endif
