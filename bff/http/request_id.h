/*
 * What a request is called in logs and towards services: X-Request-Id and W3C Trace Context's
 * traceparent. Both are continued when the client's are sane, else begun.
 */
#ifndef BFF_HTTP_REQUEST_ID_H
#define BFF_HTTP_REQUEST_ID_H

#include "bff/base/text.h"

struct request;

/* Sets request->id and request->traceparent. */
void request_id_read(struct request *request);

/* The client's tracestate, which goes with a trace of its own that is continued; else absent. */
struct text request_id_tracestate(const struct request *request);

/* True for 1 to 128 of [A-Za-z0-9._-]. */
bool request_id_is_sane(struct text id);

/* True for version 00 of traceparent: "00-" trace id "-" parent id "-" flags, lower-case
 * hexadecimal, ids not all zero. */
bool request_id_is_traceparent(struct text traceparent);

#endif
