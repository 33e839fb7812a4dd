/*
 * The part of a call that deals with its circuit breaker: the service's, or the one that the user
 * of the call names. Health checks pass without it. This header is for the files of call only.
 */
#ifndef BFF_UPSTREAM_CALL_BREAKER_H
#define BFF_UPSTREAM_CALL_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/upstream/breaker.h"

struct call;

/* Returns false when the call must not be made. Otherwise call_breaker_tell must be called. */
bool call_breaker_ask(struct call *call);

/* True when the breaker is open. It counts the call as refused then. False in the other states,
 * also half open: then nothing changes, and call_breaker_ask must be called before the call is
 * made. */
bool call_breaker_is_open(struct call *call);

/* Tells the breaker how the call has ended. Only the first call of this function counts. */
void call_breaker_tell(struct call *call, enum breaker_outcome outcome, int64_t now_ns);

/* Returns the time in whole seconds, rounded up, until the breaker that refused the call allows a
 * trial. */
unsigned call_breaker_wait_s(const struct call *call);

#endif
