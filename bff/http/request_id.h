/*
 * The ids of a request in logs and in calls to services: X-Request-Id, and traceparent of W3C Trace
 * Context. A valid value from the client is kept. Otherwise a new value is made.
 */
#ifndef BFF_HTTP_REQUEST_ID_H
#define BFF_HTTP_REQUEST_ID_H

#include <stdbool.h>

#include "bff/base/text.h"

struct request;

/* Sets request->id, request->traceparent, request->parent and request->is_traced. */
void request_id_read(struct request *request);

/* Returns the client's tracestate. It belongs to the client's trace, so it is absent if that trace
 * is not continued. */
struct text request_id_tracestate(const struct request *request);

/* True for 1 to 128 bytes of [A-Za-z0-9._-]. */
bool request_id_is_sane(struct text id);

#endif
