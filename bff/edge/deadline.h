/*
 * The deadline of a request that its client states: X-Request-Deadline-Ms says how many
 * milliseconds the client waits for the answer. Only a trusted proxy is believed
 * (request_peer.is_trusted).
 *
 * A deadline only makes our own limits shorter. So a value that is no number is ignored: the
 * request is then served with our own limits. A negative number means that the deadline has passed,
 * as 0 does. When the field occurs several times, the earliest deadline counts.
 */
#ifndef BFF_EDGE_DEADLINE_H
#define BFF_EDGE_DEADLINE_H

#include <stdint.h>

#include "bff/base/text.h"
#include "bff/http/request.h"

#define DEADLINE_NONE (-1)

/* Reads the value of the field. Returns the milliseconds; DEADLINE_NONE when it is no whole number
 * or is longer than a day. */
int64_t deadline_read(struct text value);

/* Returns the deadline of ${request}, which has come at ${now_ns}, as a time of clock_now_ns; 0: it
 * states none. */
int64_t deadline_find(const struct request *request, int64_t now_ns);

#endif
